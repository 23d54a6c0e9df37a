"""What gives access: policies, permission sets and keys."""

import re
from datetime import datetime, timedelta, timezone

from scaleway.iam.v1alpha1 import BearerType, ListPoliciesRequestOrderBy, PermissionSetScopeType, RuleSpecs

from expected import PUBLIC_KEY, UUID, ids, is_deleted, is_made, shows


def policies(sdk):
    iam = sdk.iam
    application = iam.create_application(name="reader", description="")
    # The SDK sends the first scope that is not None, and projects would be an empty list.
    whole = {"project_ids": None, "organization_id": sdk.organization_id}
    reads = RuleSpecs(condition="", permission_set_names=["IAMReadOnly"], **whole)
    policy = iam.create_policy(name="read", description="Reads", application_id=application.id, rules=[reads])
    is_made(policy)
    shows(policy, name="read", application_id=application.id, user_id=None, group_id=None, tags=[])
    shows(iam.get_policy(policy_id=policy.id), nb_rules=1, nb_scopes=1, nb_permission_sets=1)
    detached = iam.update_policy(policy_id=policy.id, no_principal=True, tags=["a"])
    shows(detached, application_id=None, no_principal=True, tags=["a"])
    rules = [
        RuleSpecs(
            condition=f"request.user_agent == 'agent-{n}'",
            permission_set_names=["AllProductsReadOnly", "VPCReadOnly"],
            project_ids=[sdk.organization_id],
        )
        for n in range(25)
    ]
    kept = iam.set_rules(policy_id=policy.id, rules=rules).rules
    for rule, sent in zip(kept, rules, strict=True):
        shows(rule, condition=sent.condition, project_ids=sent.project_ids, organization_id=None)
        shows(rule, permission_sets_scope_type=PermissionSetScopeType.PROJECTS)
    page = iam.list_rules(policy_id=policy.id)
    assert (page.rules, page.total_count) == (kept[:20], 25)
    assert iam.list_rules_all(policy_id=policy.id) == kept
    clone = iam.clone_policy(policy_id=policy.id)
    shows(clone, name="Copy of read", no_principal=True)
    assert ids(iam.list_policies(policy_name="Copy of read", no_principal=True).policies) == [clone.id]
    both, newest = [policy.id, clone.id], ListPoliciesRequestOrderBy.CREATED_AT_DESC
    assert ids(iam.list_policies_all(policy_ids=both, order_by=newest, page_size=1)) == both[::-1]
    for one in (policy, clone):
        is_deleted(lambda: iam.delete_policy(policy_id=one.id))


def permission_sets(sdk):
    every = sdk.iam.list_permission_sets_all(page_size=100)
    first = sdk.iam.list_permission_sets()
    assert (len(every), first.permission_sets) == (first.total_count, every[:20])
    (manager,) = [one for one in every if one.name == "IAMManager"]
    shows(manager, scope_type=PermissionSetScopeType.ORGANIZATION)
    assert UUID.fullmatch(manager.id) and manager.description and isinstance(manager.categories, list)


def api_keys(sdk):
    iam = sdk.iam
    application = iam.create_application(name="bearer", description="")
    # Whatever the zone of a date, the moment is kept.
    end = datetime(2035, 7, 6, 9, 0, 0, 250_000, tzinfo=timezone(timedelta(hours=2)))
    key = iam.create_api_key(application_id=application.id, description="ci", expires_at=end)
    is_made(key)
    assert re.fullmatch("SCW[0-9A-Z]{17}", key.access_key) and UUID.fullmatch(key.secret_key)
    shows(key, expires_at=end, user_id=None, default_project_id=sdk.organization_id, creation_ip="127.0.0.1")
    later = iam.get_api_key(access_key=key.access_key)
    shows(later, secret_key=None, expires_at=end, description="ci")
    shows(iam.update_api_key(access_key=key.access_key, description="builds"), description="builds", expires_at=end)
    listed = iam.list_api_keys(bearer_id=application.id, bearer_type=BearerType.APPLICATION, expired=False)
    assert [one.access_key for one in listed.api_keys] == [key.access_key]
    assert len(iam.list_api_keys_all(access_keys=[key.access_key, sdk.client.access_key], page_size=1)) == 2
    own = iam.create_api_key(user_id=sdk.owner().id, description="")
    shows(own, expires_at=None)
    shows(sdk.acting_as(own.secret_key).iam.get_organization(), id=sdk.organization_id)
    for one in (key, own):
        is_deleted(lambda: iam.delete_api_key(access_key=one.access_key))


def ssh_keys(sdk):
    iam = sdk.iam
    key = iam.create_ssh_key(name="laptop", public_key=f"{PUBLIC_KEY} ada@laptop", project_id=sdk.organization_id)
    is_made(key)
    shows(key, name="laptop", public_key=PUBLIC_KEY, project_id=sdk.organization_id, disabled=False)
    shows(key, fingerprint="256 MD5:6b:cd:72:8a:ae:45:24:4b:2b:72:f6:d0:6a:8d:16:06 (ssh-ed25519)")
    assert iam.get_ssh_key(ssh_key_id=key.id) == key
    shows(iam.update_ssh_key(ssh_key_id=key.id, disabled=True), name="laptop", disabled=True)
    assert ids(iam.list_ssh_keys(disabled=True).ssh_keys) == [key.id]
    assert iam.list_ssh_keys_all(disabled=False) == []
    is_deleted(lambda: iam.delete_ssh_key(ssh_key_id=key.id))


WALKS = {
    "policies and their rules": policies,
    "permission sets, on three pages": permission_sets,
    "API keys": api_keys,
    "SSH keys": ssh_keys,
}
