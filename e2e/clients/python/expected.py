"""What the walks compare with."""

import re
from datetime import datetime, timedelta, timezone

# An id that nothing has.
NOTHING = "6f0c0000-0000-4000-8000-000000000009"
PUBLIC_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAICJEoOOgQBLJPs4g/XcPTKT82NywNPpxeuA20FlOPlpO"
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def ids(items):
    return [item.id for item in items]


def shows(value, **fields):
    """Asserts single fields of an object."""
    seen = {name: getattr(value, name) for name in fields}
    assert seen == fields, (seen, fields)


def is_made(value):
    """Asserts an id, where there is one, and the dates that the SDK makes of texts."""
    assert UUID.fullmatch(getattr(value, "id", NOTHING)), value
    for date in (value.created_at, value.updated_at):
        assert isinstance(date, datetime) and date.utcoffset() == timedelta(0), value
        assert abs(datetime.now(timezone.utc) - date) < timedelta(hours=1), value


def is_deleted(call):
    """Asserts that something can be deleted."""
    assert call() is None


def raises(kind, call):
    """@returns the exception that a call ends with"""
    try:
        call()
    except kind as failure:
        return failure
    raise AssertionError(f"there was no {kind.__name__}")
