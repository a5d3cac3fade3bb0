"""Gives Schemathesis the ids of the sandbox's data, and keeps webhooks on this machine.

EMULATOR_URL is the emulator, and API_KEY the key for the lists that the ids are read from.
"""

import functools
import json
import os
import urllib.error
import urllib.request

import schemathesis

# Nothing listens here, so deliveries fail at once.
NOWHERE = "http://127.0.0.1:9/webhook"


@functools.cache
def items(resource: str) -> list[dict]:
    """The first items of a list, such as /payments. Empty if the path is no list."""
    request = urllib.request.Request(
        f"{os.environ['EMULATOR_URL']}/{resource}", headers={"authorization": f"Bearer {os.environ['API_KEY']}"}
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            reply = json.load(response)
    except (urllib.error.HTTPError, ValueError):
        return []
    return (reply.get("items") or reply.get("data") or []) if isinstance(reply, dict) else []


def ids(path: str, name: str) -> list[str]:
    """The ids of existing objects for a parameter of a path: /payments/{payment_id} takes those of the list /payments.

    So does /_emulator/payments/{payment_id}/pay, because /_emulator/payments is no list.
    """
    resource = path.split("/{", 1)[0].strip("/")
    listed = items(resource) or items(resource.removeprefix("_emulator/"))
    found = (item.get(name) or item.get("id") for item in listed)
    return [value for value in found if isinstance(value, str)]


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    """Replaces every other generated id with one that exists. The choice depends on the value, so that runs can be repeated."""
    if context.operation is None or not isinstance(path_parameters, dict):
        return path_parameters
    for name, value in path_parameters.items():
        known = ids(context.operation.path, name)
        number = sum(str(value).encode(errors="surrogatepass"))
        if known and number % 2 == 0:
            path_parameters[name] = known[number // 2 % len(known)]
    return path_parameters


@schemathesis.hook
def filter_query(context, query):
    """Skips queries with an empty text, object or list. They are written as `page_number=`, which is how a query says null."""
    return not isinstance(query, dict) or not any(is_empty(value) for value in query.values())


def is_empty(value) -> bool:
    if isinstance(value, dict):
        return all(is_empty(item) for item in value.values())
    return all(is_empty(item) for item in value) if isinstance(value, list) else value in ("", None)


@schemathesis.hook
def map_body(context, body):
    """Replaces the URLs of webhooks, so that the emulator calls no other machine."""
    return local(body)


def local(value):
    if isinstance(value, dict):
        return {key: NOWHERE if is_address(key, item) else local(item) for key, item in value.items()}
    return [local(item) for item in value] if isinstance(value, list) else value


def is_address(key, value) -> bool:
    return key in ("url", "webhook_url") and isinstance(value, str) and value.strip().lower().startswith("http")
