"""Second factors, the time to set them up, and users of one person."""

import base64
import hashlib
import hmac
import time

from scaleway import ScalewayException

from expected import NOTHING, is_deleted, raises, shows

ORIGIN = "https://iam.example.org"


def one_time_password(secret):
    """RFC 6238, by what Python brings along."""
    step = int(time.time() // 30).to_bytes(8, "big")
    digest = hmac.new(base64.b32decode(secret), step, hashlib.sha1).digest()
    at = digest[-1] & 15
    return f"{(int.from_bytes(digest[at : at + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06}"


def refused(call, status, **said):
    failure = raises(ScalewayException, call)
    answer = failure.response.json()
    assert failure.status_code == status, answer
    assert {name: answer.get(name) for name in said} == said, answer


def one_time_passwords(sdk):
    iam = sdk.iam
    owner = sdk.owner().id
    secret = iam.create_user_mfaotp(user_id=owner).secret
    codes = iam.validate_user_mfaotp(user_id=owner, one_time_password=one_time_password(secret)).recovery_codes
    assert len(set(codes)) == 10, codes
    shows(iam.get_user(user_id=owner), mfa=True, two_factor_enabled=True)
    is_deleted(lambda: iam.delete_user_mfaotp(user_id=owner))
    shows(iam.get_user(user_id=owner), mfa=False)


def authenticators(sdk):
    iam = sdk.iam
    owner = sdk.owner().id
    start = iam.start_user_web_authn_registration(user_id=owner, origin=ORIGIN)
    shows(start, public_key_algorithms=[-8, -7, -257], timeout="300s", exclude_credentials=[])
    assert len(base64.b64decode(start.challenge)) == 32, start
    nothing = base64.b64encode(b"nothing").decode()
    finish = lambda: iam.finish_user_web_authn_registration(
        user_id=owner,
        ceremony_id=start.ceremony_id,
        authenticator_name="key ring",
        origin=ORIGIN,
        raw_id=nothing,
        client_data_json=nothing,
        authenticator_data=nothing,
        attestation_object=nothing,
        public_key=nothing,
        public_key_algorithm=-7,
    )
    refused(finish, 400, type="invalid_arguments")
    shows(iam.list_user_web_authn_authenticators(user_id=owner), authenticators=[], total_count=0)
    assert iam.list_user_web_authn_authenticators_all(user_id=owner) == []
    rename = lambda: iam.update_web_authn_authenticator(authenticator_id=NOTHING, authenticator_name="blue one")
    refused(rename, 403, type="permissions_denied")
    remove = lambda: iam.delete_web_authn_authenticator(authenticator_id=NOTHING)
    refused(remove, 404, type="not_found", resource_id=NOTHING)


def grace_periods(sdk):
    assert sdk.iam.list_grace_periods().grace_periods == []


def connections(sdk):
    iam = sdk.iam
    owner = sdk.owner().id
    assert iam.get_user_connections(user_id=owner).connections == []
    # With a key, the owner is nobody who has signed in.
    refused(lambda: iam.initiate_user_connection(user_id=owner), 412, type="precondition_failed")
    refused(lambda: iam.join_user_connection(user_id=owner, token="x"), 412, type="precondition_failed")
    end = lambda: iam.remove_user_connection(user_id=owner, target_user_id=NOTHING)
    refused(end, 404, resource="connection", resource_id=NOTHING)


WALKS = {
    "one-time passwords": one_time_passwords,
    "authenticators": authenticators,
    "grace periods": grace_periods,
    "connections": connections,
}
