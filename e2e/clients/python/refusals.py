"""How refusals arrive: the SDK has one class for all of them, with the answer in it."""

from scaleway import ScalewayException

from expected import NOTHING, PUBLIC_KEY, raises


def refusals(sdk):
    iam = sdk.iam
    powerless = iam.create_application(name="powerless", description="")
    key = iam.create_api_key(application_id=powerless.id, description="")
    taken = iam.create_group(name="taken", description="")
    last = iam.create_ssh_key(name="last", public_key=PUBLIC_KEY)
    owner = sdk.owner()
    expected = [
        (
            lambda: iam.get_group(group_id=NOTHING),
            404,
            {"type": "not_found", "resource": "group", "resource_id": NOTHING},
        ),
        (lambda: sdk.projects.get_project(project_id=NOTHING), 404, {"type": "not_found", "resource_id": NOTHING}),
        (lambda: iam.create_application(name="!", description="d" * 201), 400, {"type": "invalid_arguments"}),
        (lambda: sdk.acting_as(key.secret_key).iam.list_groups(), 403, {"type": "permissions_denied"}),
        (
            lambda: iam.create_group(name="taken", description=""),
            409,
            {"type": "already_exists", "resource": "group", "resource_id": taken.id},
        ),
        (
            lambda: iam.delete_user(user_id=owner.id),
            412,
            {"type": "precondition_failed", "precondition": "protected_resource"},
        ),
        (lambda: iam.create_ssh_key(name="more", public_key=PUBLIC_KEY), 403, {"type": "quotas_exceeded"}),
        (
            lambda: sdk.acting_as(NOTHING).iam.list_groups(),
            401,
            {"type": "denied_authentication", "method": "api_key", "reason": "not_found"},
        ),
    ]
    for call, status, said in expected:
        failure = raises(ScalewayException, call)
        answer = failure.response.json()
        assert failure.status_code == status, answer
        assert {name: answer.get(name) for name in said} == said, answer
        assert str(failure) == failure.response.text
    arguments = raises(ScalewayException, lambda: iam.create_application(name="!", description="d" * 201))
    details = arguments.response.json()["details"]
    assert [(one["argument_name"], one["reason"]) for one in details] == [
        ("name", "format"),
        ("description", "constraint"),
    ]
    iam.delete_ssh_key(ssh_key_id=last.id)


WALKS = {"refusals, with all that they say": refusals}
