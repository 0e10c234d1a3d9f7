"""What goes wrong while a table is read, in words that say what to do. No credential ever gets into a message."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pyarrow as pa

from segmentation_model.errors import ConfigurationError, InputError, SegmentationError

NEEDED = "a Parquet or CSV file, or a folder of either, is needed: a path, or an address such as s3://bucket/folder"

_CREDENTIALS = (
    "set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run with a role that may read the bucket"
)
_REFUSED = "AWS refused the credentials; check AWS_PROFILE, the access key and its secret"
_EXPIRED = "the AWS session has expired; log in again (`aws sso login`, or new temporary credentials)"
_FORBIDDEN = (
    "no permission to read it, or it is not there; the credentials need s3:ListBucket and s3:GetObject on this bucket "
    "(check AWS_PROFILE and the bucket's policy)"
)
_NO_BUCKET = "there is no such bucket; check its name, the region and the endpoint"
_REGION = "the bucket lies in another region; set AWS_REGION to it"
_NO_CONNECTION = "no connection; check the network, the proxy, the region and the endpoint (AWS_ENDPOINT_URL)"
_FAILED = "the server did not do what was asked; check the address, the region and the permissions"
_NO_ANSWER = "no answer in time; check the network and try again"

# By the name of the exception's class, or by the code in the store's answer: naming the classes themselves would
# import the whole client, also for a file on disk.
_ADVICE = {
    "NoCredentialsError": f"no AWS credentials were found; {_CREDENTIALS}",
    "PartialCredentialsError": f"the AWS credentials are incomplete; {_CREDENTIALS}",
    "CredentialRetrievalError": f"the AWS credentials could not be fetched; {_CREDENTIALS}",
    "ProfileNotFound": "the AWS profile is not configured; `aws configure list-profiles` lists those that are",
    "ExpiredToken": _EXPIRED,
    "SSOTokenLoadError": _EXPIRED,
    "TokenRetrievalError": _EXPIRED,
    "UnauthorizedSSOTokenError": _EXPIRED,
    "InvalidAccessKeyId": _REFUSED,
    "InvalidToken": _REFUSED,
    "SignatureDoesNotMatch": _REFUSED,
    "RequestTimeTooSkewed": "AWS refused the request because this machine's clock is wrong",
    "AccessDenied": _FORBIDDEN,
    "403": _FORBIDDEN,
    "NoSuchBucket": _NO_BUCKET,
    "ParamValidationError": "this is no valid name of a bucket and an object in it",
    "AuthorizationHeaderMalformed": _REGION,
    "PermanentRedirect": _REGION,
    "301": _REGION,
    "NoRegionError": "no AWS region is known; set AWS_REGION",
    "EndpointConnectionError": _NO_CONNECTION,
    "ClientConnectorError": _NO_CONNECTION,
    "ConnectTimeoutError": _NO_CONNECTION,
    "ProxyConnectionError": _NO_CONNECTION,
    "SSLError": "the connection's certificate was refused; AWS_CA_BUNDLE names the certificates to trust",
    "ReadTimeoutError": _NO_ANSWER,
    "FSTimeoutError": _NO_ANSWER,
}
_OTHER_ERRORS_OF_A_STORE = {"BotoCoreError", "ClientError"}


def shown_address(address: str) -> str:
    """An address as it may be shown: without user, password and query, which may hold a signature.

    >>> shown_address("https://me:secret@host/x.csv?Signature=abc")
    'https://host/x.csv'
    >>> shown_address("data/is it?.csv")
    'data/is it?.csv'
    """
    scheme, separator, rest = address.partition("://")
    return f"{scheme}://{re.sub(r'^[^/]*@', '', rest).partition('?')[0]}" if separator else address


@contextmanager
def explained(place: str, fault: str = "it cannot be read", needed: str = NEEDED) -> Iterator[None]:
    """Turn an error of reading into one that says where and what to do.

    Args:
        place: File or folder, as it may be shown.
        fault: What an error of the format itself means.
        needed: What should have been there where nothing is.

    Raises:
        ConfigurationError: There is nothing at the place.
        InputError: Instead of every other error of storage and format; an error of this package stays as it is, and so
            does what is no error of reading.
    """
    try:
        yield
    except SegmentationError:
        raise
    except Exception as error:
        names = _names(error)
        advice = next((_ADVICE[name] for name in names if name in _ADVICE), None)
        if advice is None and isinstance(error, FileNotFoundError):
            raise ConfigurationError(f"{place}: there is no such file or folder; {needed}") from error
        if advice is None and isinstance(error, PermissionError):
            advice = "no permission to read it"
        if advice is None and not _OTHER_ERRORS_OF_A_STORE.isdisjoint(names):
            advice = _FAILED
        if advice is None and isinstance(error, (pa.ArrowException, OSError)):
            # What a store answers may quote what was sent to it, so the class must do; Arrow's errors are harmless.
            detail = str(error).splitlines()[0] if _of_arrow(error) else type(error).__name__
            advice = f"{fault} ({detail})"
        if advice is None:
            raise
        raise InputError(f"{place}: {advice}") from error


def _of_arrow(error: Exception) -> bool:
    return isinstance(error, pa.ArrowException) or (
        type(error) is OSError and error.errno is None and error.__cause__ is None
    )


def _names(error: BaseException | None) -> list[str]:
    """Classes of an error and of those behind it, and the codes in a store's answers."""
    names = []
    while error is not None:
        answer = getattr(error, "response", None)
        if isinstance(answer, dict):
            names.append(str(answer.get("Error", {}).get("Code")))
        names.extend(kind.__name__ for kind in type(error).__mro__)
        error = error.__cause__ or error.__context__
    return names
