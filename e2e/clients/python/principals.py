"""Users, applications and groups."""

from scaleway.iam.v1alpha1 import (
    CreateUserRequestMember,
    ListApplicationsRequestOrderBy,
    ListUsersRequestOrderBy,
    UserStatus,
    UserType,
)

from expected import ids, is_deleted, is_made, shows


def member(sdk, username):
    return sdk.iam.create_user(
        member=CreateUserRequestMember(
            email=f"{username}@example.org",
            username=username,
            password="correct horse battery",
            send_password_email=False,
            send_welcome_email=False,
            first_name="",
            last_name="",
            phone_number="",
            locale="",
        )
    )


def users(sdk):
    iam = sdk.iam
    ada = member(sdk, "ada")
    is_made(ada)
    shows(ada, username="ada", email="ada@example.org", organization_id=sdk.organization_id, tags=[], locked=False)
    shows(ada, type_=UserType.MEMBER, status=UserStatus.ACTIVATED, mfa=False, deletable=True, last_login_at=None)
    assert iam.get_user(user_id=ada.id) == ada
    changed = iam.update_user(user_id=ada.id, first_name="Ada", tags=["a"], email="ada@example.com")
    shows(changed, first_name="Ada", tags=["a"], email="ada@example.com")
    shows(iam.update_user_username(user_id=ada.id, username="countess"), username="countess")
    shows(iam.update_user_password(user_id=ada.id, password="another long password"), id=ada.id)
    shows(iam.lock_user(user_id=ada.id), locked=True)
    shows(iam.unlock_user(user_id=ada.id), locked=False)
    found = iam.list_users_all(user_ids=[ada.id], type_=UserType.MEMBER, tag="a", mfa=False)
    assert ids(found) == [ada.id]
    ordered = iam.list_users(order_by=ListUsersRequestOrderBy.CREATED_AT_DESC)
    assert (ordered.total_count, ordered.users[-1]) == (len(ordered.users), sdk.owner())
    shows(sdk.owner(), type_=UserType.OWNER, deletable=False)
    pending = iam.create_user(email="grace@example.org", tags=["invited"])
    shows(pending, status=UserStatus.INVITATION_PENDING, tags=["invited"])
    for user in (ada, pending):
        is_deleted(lambda: iam.delete_user(user_id=user.id))


def applications(sdk):
    iam = sdk.iam
    application = iam.create_application(name="ci", description="Builds", tags=["paged", "b"])
    is_made(application)
    shows(application, name="ci", description="Builds", tags=["paged", "b"], nb_api_keys=0, editable=True)
    assert iam.get_application(application_id=application.id) == application
    changed = iam.update_application(application_id=application.id, description="", tags=["paged"])
    shows(changed, name="ci", description="", tags=["paged"])
    named = iam.create_application(description="", tags=["paged"])
    assert named.name.startswith("app-"), named
    rest = [iam.create_application(name=f"app{n}", description="", tags=["paged"]).id for n in range(43)]
    everything = [application.id, named.id, *rest]
    page = iam.list_applications(tag="paged")
    assert (ids(page.applications), page.total_count) == (everything[:20], 45)
    assert ids(iam.list_applications_all(tag="paged")) == everything
    newest = ListApplicationsRequestOrderBy.CREATED_AT_DESC
    assert ids(iam.list_applications_all(tag="paged", page_size=7, order_by=newest)) == everything[::-1]
    assert ids(iam.list_applications_all(tag="paged", page_size=15, editable=True)) == everything
    for one in everything:
        is_deleted(lambda: iam.delete_application(application_id=one))
    assert iam.list_applications(tag="paged").total_count == 0


def groups(sdk):
    iam = sdk.iam
    user, application = member(sdk, "grace"), iam.create_application(name="app", description="")
    group = iam.create_group(name="ops", description="Operators", tags=["a"])
    is_made(group)
    nobody, both = {"user_ids": [], "application_ids": []}, {"user_ids": [user.id], "application_ids": [application.id]}
    shows(group, name="ops", description="Operators", tags=["a"], all_users=False, managed=False, **nobody)
    shows(iam.add_group_member(group_id=group.id, user_id=user.id), user_ids=[user.id], application_ids=[])
    shows(iam.remove_group_member(group_id=group.id, user_id=user.id), **nobody)
    shows(iam.add_group_members(group_id=group.id, **both), **both)
    shows(iam.set_group_members(group_id=group.id, **nobody), **nobody)
    shows(iam.set_group_members(group_id=group.id, **both), **both)
    shows(iam.update_group(group_id=group.id, name="operators"), name="operators", description="Operators", **both)
    shows(iam.get_group(group_id=group.id), name="operators", **both)
    assert ids(iam.list_groups(name="operators", user_ids=[user.id], tag="a").groups) == [group.id]
    assert ids(iam.list_groups_all(group_ids=[group.id], application_ids=[application.id], page_size=1)) == [group.id]
    is_deleted(lambda: iam.delete_group(group_id=group.id))


WALKS = {"users": users, "applications, more than a page of them": applications, "groups": groups}
