"""Policies of buckets with their conditions: moto leaves those out, and a policy against HTTP would refuse everything.

The server speaks HTTP on 127.0.0.1 only, where nobody listens in: a request counts as one by TLS 1.3, which it would be
on its way to AWS. As behind a proxy that ends TLS, ``X-Forwarded-Proto: http`` says that it was not.
"""

import json
from typing import Any

from moto.iam.access_control import PermissionResult
from moto.s3.exceptions import BucketAccessDeniedError
from moto.s3.models import FakeBucket

from tests.deployment.policies import Call, allowed


def context_of(response: Any) -> dict[str, str]:
    """What the conditions of a bucket's policy can ask for, of a request."""
    if response.headers.get("X-Forwarded-Proto", "https") == "http":
        return {"aws:SecureTransport": "false"}
    return {"aws:SecureTransport": "true", "s3:TlsVersion": "1.3"}


def refuse(response: Any, action: str, resource: str) -> None:
    """Refuse a request that the policy of its bucket denies.

    Raises:
        BucketAccessDeniedError: AWS's ``AccessDenied``.
    """
    bucket = response.backend.buckets.get(response.bucket_name)
    if bucket is None or bucket.policy is None:
        return
    statements = [
        {name: value for name, value in statement.items() if name != "Principal"} | {"Effect": "Allow"}
        for statement in json.loads(bucket.policy)["Statement"]
        if statement["Effect"] == "Deny" and statement["Principal"] == "*"
    ]
    if allowed(Call(action, resource, context_of(response)), statements):  # the denial applies
        raise BucketAccessDeniedError(bucket=response.bucket_name)


def _neutral(bucket: FakeBucket, action: str, resource: str) -> PermissionResult:
    return PermissionResult.NEUTRAL


def extend() -> None:
    """Switch moto's own evaluation off; the server asks ``refuse`` for every request."""
    FakeBucket.get_permission = _neutral  # type: ignore[method-assign]
