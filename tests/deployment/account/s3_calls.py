"""Actions in IAM of a request to S3: one request may need several, and an action is seldom called as its request."""

from collections.abc import Iterator, Mapping
from urllib.parse import unquote

import xmltodict

#: Subresources of a bucket, as the actions that read and write them end.
_OF_BUCKETS = {
    "accelerate": "AccelerateConfiguration", "acl": "BucketAcl", "cors": "BucketCORS",
    "encryption": "EncryptionConfiguration", "lifecycle": "LifecycleConfiguration", "location": "BucketLocation",
    "logging": "BucketLogging", "notification": "BucketNotification", "object-lock": "BucketObjectLockConfiguration",
    "ownershipControls": "BucketOwnershipControls", "policy": "BucketPolicy",
    "publicAccessBlock": "BucketPublicAccessBlock", "replication": "ReplicationConfiguration",
    "requestPayment": "BucketRequestPayment", "tagging": "BucketTagging", "versioning": "BucketVersioning",
    "website": "BucketWebsite",
}  # fmt: skip
_LISTS = {"uploads": "ListBucketMultipartUploads", "versions": "ListBucketVersions"}
_OF_OBJECTS = {
    "GET": {
        "uploadId": "ListMultipartUploadParts", "acl": "GetObjectAcl", "tagging": "GetObjectTagging",
        "attributes": "GetObjectAttributes", "versionId": "GetObjectVersion",
    },
    "HEAD": {"versionId": "GetObjectVersion"},
    "PUT": {"acl": "PutObjectAcl", "tagging": "PutObjectTagging"},
    "DELETE": {
        "uploadId": "AbortMultipartUpload", "tagging": "DeleteObjectTagging", "versionId": "DeleteObjectVersion",
    },
}  # fmt: skip
_WHOLE_OBJECTS = {
    "GET": "GetObject", "HEAD": "GetObject", "PUT": "PutObject", "POST": "PutObject", "DELETE": "DeleteObject",
}  # fmt: skip


def s3_calls(
    method: str, bucket: str, key: str, query: Mapping[str, object], headers: Mapping[str, str], body: bytes
) -> Iterator[tuple[str, str]]:
    """Actions and ARNs of their resources.

    Args:
        method: Of HTTP.
        bucket: Its name; empty: the request is for no bucket.
        key: Of the object; empty: the request is for the bucket.
        query: What follows the address.
        headers: Of the request.
        body: Of the request; read where it names objects to be deleted.
    """
    arn = f"arn:aws:s3:::{bucket}"
    if not bucket:
        yield "s3:ListAllMyBuckets", "*"
    elif key:
        named = (action for name, action in _OF_OBJECTS.get(method, {}).items() if name in query)
        yield f"s3:{next(named, _WHOLE_OBJECTS[method])}", f"{arn}/{key}"
        if source := headers.get("x-amz-copy-source"):
            path, _, version = unquote(source).lstrip("/").partition("?versionId=")
            yield ("s3:GetObjectVersion" if version else "s3:GetObject"), f"arn:aws:s3:::{path}"
        if headers.get("x-amz-tagging") and method in {"PUT", "POST"}:
            yield "s3:PutObjectTagging", f"{arn}/{key}"
    elif method == "POST" and "delete" in query:
        objects = xmltodict.parse(body)["Delete"]["Object"]
        for one in objects if isinstance(objects, list) else [objects]:
            yield ("s3:DeleteObjectVersion" if one.get("VersionId") else "s3:DeleteObject"), f"{arn}/{one['Key']}"
    else:
        yield f"s3:{_of_bucket(method, query)}", arn


def _of_bucket(method: str, query: Mapping[str, object]) -> str:
    subresource = next((name for name in (*_OF_BUCKETS, *_LISTS) if name in query), None)
    if subresource in _LISTS:
        return _LISTS[subresource]
    if subresource is None:
        return {"PUT": "CreateBucket", "DELETE": "DeleteBucket"}.get(method, "ListBucket")
    if method == "DELETE" and subresource in {"policy", "website"}:
        return f"Delete{_OF_BUCKETS[subresource]}"
    return ("Get" if method in {"GET", "HEAD"} else "Put") + _OF_BUCKETS[subresource]
