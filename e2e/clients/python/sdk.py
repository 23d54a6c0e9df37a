"""The official SDK against a server, and what there is in it to call."""

import inspect
import re
from dataclasses import replace

from scaleway import Client
from scaleway.account.v3 import AccountV3ProjectAPI
from scaleway.iam.v1alpha1 import IamV1Alpha1API

APIS = (IamV1Alpha1API, AccountV3ProjectAPI)


class Noted:
    """An API that remembers the names of the methods that are called."""

    def __init__(self, api, called):
        self._api = api
        self._called = called

    def __getattr__(self, name):
        self._called.add(name)
        return getattr(self._api, name)


class Sdk:
    """Both APIs as the bearer of a key; the owner's, as configured by the environment, when none is given."""

    def __init__(self, called, **key):
        self.called = called
        self.client = replace(Client.from_config_file_and_env(), **key)
        self.organization_id = self.client.default_organization_id
        self.iam = Noted(IamV1Alpha1API(self.client), called)
        self.projects = Noted(AccountV3ProjectAPI(self.client), called)

    def acting_as(self, secret_key):
        return Sdk(self.called, secret_key=secret_key)

    def owner(self):
        (owner,) = self.iam.list_users(type_="owner").users
        return owner


def requests_of_methods():
    """Method and path of what each method of the classes sends, a star for each parameter; found in their source."""
    return {name: request_of(api, name) for api in APIS for name in names_of(api)}


def names_of(api):
    return [name for name, _ in inspect.getmembers(api, inspect.isfunction) if not name.startswith("_")]


def request_of(api, name):
    source = inspect.getsource(getattr(api, name))
    sent = re.search(r'self\._request\(\s*"(\w+)",\s*f?"([^"]+)"', source)
    if sent:
        return f"{sent[1]} " + re.sub(r"\{\w+\}", "*", sent[2])
    # Those that fetch all pages or wait call another method.
    return request_of(api, re.search(r"fetcher=self\.(\w+)", source)[1])
