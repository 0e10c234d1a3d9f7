"""Notes every call that the server gets, as IAM would see it, and who made it; then lets the bucket's policy refuse it.

Who: the access key of the request, or the role where the key came from ``sts:AssumeRole``. Whoever is to be told from
others calls with a key of their own; the server takes any.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import parse_qs

from moto.core.authorization import ActionAuthenticatorMixin
from moto.core.parse import XFormedDict
from moto.sts.models import sts_backends

from tests.deployment.account.api_calls import Place, api_calls
from tests.deployment.account.bucket_policies import refuse
from tests.deployment.account.s3_calls import s3_calls
from tests.deployment.policies import Call

_SIGNED_FOR = re.compile(r"Credential=(?P<key>[^/]+)/\d+/(?P<region>[^/]+)/(?P<service>[^/]+)/")


def record(file: Path) -> None:
    """Note the calls to the servers of this process, a line of JSON each.

    Args:
        file: Where; made if it is not there.
    """
    lock, lines = Lock(), file.open("a", buffering=1)
    decide = ActionAuthenticatorMixin._authenticate_and_authorize_action

    def note(response: Any, request_class: type, resource: str = "*") -> None:
        calls = list(_calls(response))
        who = _who(response)
        with lock:
            for call in calls:
                fields = {"who": who, "action": call.action, "resource": call.resource, "context": dict(call.context)}
                lines.write(json.dumps(fields) + "\n")
        if response.service_name == "s3":
            for call in calls:
                refuse(response, call.action, call.resource)
        decide(response, request_class, resource)

    ActionAuthenticatorMixin._authenticate_and_authorize_action = note  # type: ignore[method-assign]


def _credential(response: Any) -> dict[str, str]:
    """Of a signed request; an address that was signed beforehand has it among its parameters."""
    parameters = {name: values[0] for name, values in response.querystring.items() if isinstance(values, list)}
    signed = response.headers.get("Authorization") or f"Credential={parameters.get('X-Amz-Credential')}"
    found = _SIGNED_FOR.search(signed)
    unknown = {"key": parameters.get("AWSAccessKeyId", ""), "region": response.region, "service": response.service_name}
    return found.groupdict() if found else unknown


def _who(response: Any) -> str:
    key = _credential(response)["key"]
    taken = sts_backends[response.current_account]["aws"].get_assumed_role_from_access_key(key)
    return taken.role_arn if taken else key


def _calls(response: Any) -> Iterator[Call]:
    if response.service_name == "s3":
        yield from _calls_of_s3(response)
        return
    name = response._get_action()
    credential = _credential(response)
    place = Place(credential["service"], credential["region"], response.current_account)
    yield from api_calls(place, name, _parameters(response))


def _parameters(response: Any) -> dict[str, Any]:
    if response.automated_parameter_parsing:
        parsed = response.params
        parsed = parsed.original_dict() if isinstance(parsed, XFormedDict) else dict(parsed)
    elif isinstance(response.body, str) and response.body.startswith("{"):
        parsed = json.loads(response.body)
    else:
        parsed = response._get_params()
    return {**parsed, **response.uri_match}


def _calls_of_s3(response: Any) -> Iterator[Call]:
    query = parse_qs(response.parsed_url.query, keep_blank_values=True)
    bucket = response.bucket_name or ""
    key = response.parse_key_name() if bucket else ""
    for action, resource in s3_calls(response.method, bucket, key, query, response.headers, response.raw_body):
        yield Call(action, resource)
        yield from _calls_for_s3(response, action)


def _calls_for_s3(response: Any, action: str) -> Iterator[Call]:
    """S3 uses the key of an encrypted bucket in the name of who calls; for a HEAD only if it asks for the checksum."""
    bucket = response.backend.buckets.get(response.bucket_name)
    rule = ((bucket and bucket.encryption) or {}).get("Rule", {})
    key = rule.get("ApplyServerSideEncryptionByDefault", {}).get("KMSMasterKeyID")
    used = {"s3:GetObject": "kms:Decrypt", "s3:GetObjectVersion": "kms:Decrypt", "s3:PutObject": "kms:GenerateDataKey"}
    only_asks = response.method == "HEAD" and "x-amz-checksum-mode" not in response.headers
    if key and action in used and not only_asks:
        yield Call(used[action], key)
