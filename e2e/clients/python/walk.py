"""
Walks through the official Python SDK against the server of SCW_CONFIG_PATH. Prints, as JSON, what came of each walk,
which methods were called, and which request each method of the SDK sends.
"""

import json
import platform
import traceback
from importlib.metadata import version

import access
import federation
import organizations
import people
import principals
import refusals
from sdk import Sdk, requests_of_methods

PARTS = (organizations, principals, people, access, federation, refusals)
WALKS = {title: walk for part in PARTS for title, walk in part.WALKS.items()}


def outcome_of(walk, sdk):
    try:
        walk(sdk)
        return "done"
    except Exception:
        return traceback.format_exc()


called = set()
sdk = Sdk(called)
print(
    json.dumps(
        {
            "versions": {"python": platform.python_version(), "scaleway": version("scaleway")},
            "walks": {title: outcome_of(walk, sdk) for title, walk in WALKS.items()},
            "requests": requests_of_methods(),
            "called": sorted(called),
        }
    )
)
