"""Runs all checks of scim2-tester against a server, and prints what came of each as JSON.

Usage: check.py ADDRESS TOKEN
"""

import json
import sys

import scim2_tester
from httpx2 import Client
from scim2_client.engines.httpx2 import SyncSCIMClient

address, token = sys.argv[1:]
client = SyncSCIMClient(Client(base_url=address, headers={"Authorization": f"Bearer {token}"}))
client.discover()
# What no schema can tell, and the checks would fill with a UUID, or at random: the form of a language tag, and that an
# address is the primary one where there is no other.
for model in client.provider.models:
    if locale := model.model_fields.get("locale"):
        locale.examples = ["fr-FR", "en-GB", "de-DE"]
    if "emails" in model.model_fields:
        model.get_field_root_type("emails").model_fields["primary"].examples = [True]

results = scim2_tester.check_server(client)
print(
    json.dumps(
        [
            {
                "status": result.status.name,
                "title": result.title,
                "resource": result.resource_type,
                "reason": result.reason,
            }
            for result in results
        ]
    )
)
