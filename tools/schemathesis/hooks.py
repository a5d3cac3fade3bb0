"""Sends Schemathesis's requests to data that exist, and keeps webhooks on this machine.

EMULATOR_URL is the emulator, and API_KEY the key for the lists that the ids are read from. SNAPSHOT is a snapshot of the initial
data, if there is one. It is restored now and then, because requests that delete would leave nothing to read.
"""

import json
import os
import urllib.error
import urllib.request
from urllib.parse import quote

import schemathesis
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation.meta import TestPhase

# Nothing listens here, so deliveries fail at once.
NOWHERE = "http://127.0.0.1:9/webhook"

# Lists whose path is not the path before the parameter. The part after # is the key of the list in the reply.
LISTS = {
    "/grants": "/_emulator/grants",
    "/discounts/code": "/discounts",
    "/checkouts": "/_emulator/checkouts",
    "/invoices/payments": "/payments",
    "/invoices/refunds": "/refunds",
    "/invoices/payouts": "/payouts",
    "/product-collections/{}/groups": "/product-collections/{}#groups",
    "/product-collections/{}/groups/{}/items": "/product-collections/{}#groups",
    "/blocklist/customers/{}/notes": "/blocklist/customers/{}#notes",
    "/entitlements/{}/files": "/entitlements/{}#integration_config",
    "/customers/{}/emails": "/_emulator/emails?customer_id={}",
}

# The lists of ids in bodies.
IN_BODIES = {
    "customer_id": "/customers",
    "product_id": "/products",
    "payment_id": "/payments",
    "subscription_id": "/subscriptions",
    "discount_id": "/discounts",
    "entitlement_id": "/entitlements",
    "credit_entitlement_id": "/credit-entitlements",
    "meter_id": "/meters",
    "addon_id": "/addons",
    "brand_id": "/brands",
    "license_key_id": "/license_keys",
    "license_key_instance_id": "/license_key_instances",
}

CALLS_BETWEEN_RESTORES = 150
PARENTS_MAX = 30

replies: dict[str, object] = {}
calls = 0


def ask(path: str, method: str = "GET") -> object:
    """The reply to a request, or None if it is refused."""
    headers = {"authorization": f"Bearer {os.environ['API_KEY']}"}
    request = urllib.request.Request(os.environ["EMULATOR_URL"] + path, headers=headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            return json.load(response)
    except (urllib.error.HTTPError, ValueError):
        return None


def read(path: str) -> object:
    """A reply, read once: restored data have the same ids. Refusals and empty lists are read again after a restore."""
    if path not in replies:
        replies[path] = ask(path)
    return replies[path]


def restore() -> None:
    if name := os.environ["SNAPSHOT"]:
        ask(f"/_emulator/snapshots/{name}/restore", "POST")
    for path in [path for path, reply in replies.items() if not reply or (isinstance(reply, dict) and reply.get("items") == [])]:
        del replies[path]


def found(value: object, names: tuple[str, ...]) -> list[str]:
    """The texts under the first of these keys that a value has anywhere, each once."""
    for name in names:
        if texts := list(dict.fromkeys(under(value, name))):
            return texts
    return []


def under(value: object, name: str) -> list[str]:
    if isinstance(value, list):
        return [text for item in value for text in under(item, name)]
    if not isinstance(value, dict):
        return []
    own = [value[name]] if isinstance(value.get(name), str) else []
    return own + [text for key, item in value.items() if isinstance(item, (dict, list)) for text in under(item, name)]


def listed(before: str, given: list[str], name: str) -> list[str]:
    """The ids for the parameter after a part of a path, such as `/customers/{}/payment-methods`, in a list of the emulator."""
    template, _, member = LISTS.get(before, before).partition("#")
    # The values that the list needs are the first ones: /product-collections/{} has the items of all its groups.
    path = template.format(*(quote(value, safe="") for value in given))
    path += "&page_size=100" if "?" in path else "?page_size=100"
    kind = f"{before.rsplit('/', 1)[-1].rstrip('s').replace('-', '_')}_id"
    keys = (kind, "id", "session_id") if name == "id" else ({"email_log_id": "email_id"}.get(name, name), "id", kind)
    for place in (path, path.removeprefix("/_emulator"), "/_emulator" + path):
        reply = read(place)
        if texts := found(reply.get(member) if member and isinstance(reply, dict) else reply, keys):
            return texts
    return []


def known(path: str) -> list[dict[str, str]]:
    """Values for all parameters of a path that belong together. Empty if a parameter has no list."""
    results: list[dict[str, str]] = [{}]
    before = ""
    for part in path.strip("/").split("/"):
        if part.startswith("{"):
            name = part.strip("{}")
            results = [
                {**values, name: text} for values in results[:PARENTS_MAX] for text in listed(before, list(values.values()), name)
            ]
            part = "{}"
        before += "/" + part
    return results


@schemathesis.hook
def before_call(context, case, kwargs):
    """Replaces most generated values of a path by ids that exist. The choice depends on the values, so that runs can be repeated.

    Sequences of requests have ids of their own, and values that break the rules of a path stay as they are.
    """
    global calls
    meta = case.meta
    if meta is None or meta.phase.name == TestPhase.STATEFUL:
        return
    calls += 1
    if calls % CALLS_BETWEEN_RESTORES == 0:
        restore()
    if not isinstance(case.path_parameters, dict) or meta.is_negative_at(ParameterLocation.PATH):
        return
    number = sum("".join(str(value) for value in case.path_parameters.values()).encode(errors="surrogatepass")) + calls
    choices = known(case.operation.path) if number % 4 > 0 else []
    if choices:
        case.path_parameters.update(choices[number // 4 % len(choices)])


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
    """Replaces the URLs of webhooks, so that the emulator calls no other machine, and most ids by ids that exist."""
    return local(body)


def local(value):
    if isinstance(value, dict):
        return {key: in_body(key, item) for key, item in value.items()}
    return [local(item) for item in value] if isinstance(value, list) else value


def in_body(key, value):
    if not isinstance(value, str):
        return local(value)
    if key in ("url", "webhook_url") and value.strip().lower().startswith("http"):
        return NOWHERE
    number = sum(value.encode(errors="surrogatepass"))
    ids = found(read(IN_BODIES[key] + "?page_size=100"), (key, "id")) if key in IN_BODIES and number % 4 > 0 else []
    return ids[number % len(ids)] if ids else value
