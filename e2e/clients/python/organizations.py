"""The organization, its projects, quotas, sessions and log."""

from datetime import datetime, timedelta, timezone

from scaleway.account.v3 import ListProjectsRequestOrderBy, ProjectStatus
from scaleway.iam.v1alpha1 import LocalityType, LogAction, LogResourceType

from expected import UUID, ids, is_deleted, is_made, shows


def settings(sdk):
    iam = sdk.iam
    organization = iam.get_organization()
    shows(organization, id=sdk.organization_id, alias="", login_password_enabled=True, login_saml_enabled=False)
    shows(iam.update_organization_login_methods(login_magic_code_enabled=False), login_magic_code_enabled=False)
    shows(iam.set_organization_alias(alias="acme"), alias="acme", login_magic_code_enabled=False)
    security = iam.get_organization_security_settings()
    shows(security, grace_period_duration="259200s", max_api_key_expiration_duration="0s")
    stricter = {"login_attempts_before_locked": 3, "grace_period_duration": "7200s"}
    shows(iam.update_organization_security_settings(**stricter), enforce_password_renewal=False, **stricter)


def projects(sdk):
    api = sdk.projects
    project = api.create_project(name="web", description="The site")
    is_made(project)
    shows(project, name="web", organization_id=sdk.organization_id, status=ProjectStatus.ACTIVE, qualification=None)
    shows(api.get_project(project_id=project.id), name="web", description="The site")
    shows(api.get_project(), id=sdk.organization_id, name="default")
    shows(api.wait_for_project(project_id=project.id), id=project.id, status=ProjectStatus.ACTIVE)
    shows(api.update_project(project_id=project.id, name="site"), name="site", description="The site")
    listed = api.list_projects(order_by=ListProjectsRequestOrderBy.NAME_ASC)
    assert ([one.name for one in listed.projects], listed.total_count) == (["default", "site"], 2)
    assert ids(api.list_projects_all(project_ids=[project.id], page_size=1)) == [project.id]
    is_deleted(lambda: api.delete_project(project_id=project.id))


def quotas(sdk):
    quota = sdk.iam.get_quotum(quotum_name="iam_ssh_keys")
    shows(quota, name="iam_ssh_keys", limit=1, locality_type=LocalityType.GLOBAL)
    (limit,) = quota.limits
    shows(limit, global_=True, limit=1, region=None)
    every = sdk.iam.list_quota_all(page_size=3)
    assert quota in every
    assert sdk.iam.list_quota(page_size=3).quota == every[:3]
    (groups,) = [one for one in every if one.name == "iam_groups"]
    shows(groups, unlimited=True)


def session_tokens(sdk):
    iam, user_id = sdk.iam, sdk.owner().id
    encoded = iam.create_jwt(user_id=user_id, referrer="https://example.org")
    jwt = encoded.jwt
    is_made(jwt)
    shows(jwt, issuer_id=user_id, audience_id=user_id, ip="127.0.0.1", user_agent=sdk.client.user_agent)
    assert encoded.token.count(".") == 2 and encoded.renew_token
    assert jwt.expires_at > jwt.created_at and UUID.fullmatch(jwt.jti)
    assert iam.get_jwt(jti=jwt.jti) == jwt
    assert iam.list_jw_ts(audience_id=user_id).jwts == [jwt]
    assert iam.list_jw_ts_all(audience_id=user_id, expired=False) == [jwt]
    is_deleted(lambda: iam.delete_jwt(jti=jwt.jti))


def log(sdk):
    iam = sdk.iam
    application = iam.create_application(name="logged", description="")
    kind = {"action": LogAction.CREATED, "resource_type": LogResourceType.APPLICATION}
    (entry,) = iam.list_logs_all(search=application.id, **kind)
    shows(entry, created_at=application.created_at, user_agent=sdk.client.user_agent, bearer_id=sdk.owner().id, **kind)
    shows(entry, resource_id=application.id, organization_id=sdk.organization_id)
    assert iam.get_log(log_id=entry.id) == entry
    now = datetime.now(timezone.utc)
    lately = {"created_after": now - timedelta(hours=1), "created_before": now}
    total = iam.list_logs(page_size=1, **lately).total_count
    assert total > 9
    assert len(iam.list_logs_all(page_size=4, **lately)) == total
    assert iam.list_logs(created_after=now + timedelta(hours=1)).logs == []


WALKS = {
    "the organization and its settings": settings,
    "projects": projects,
    "quotas": quotas,
    "session tokens": session_tokens,
    "the log": log,
}
