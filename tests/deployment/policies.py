"""Policies of IAM, and what they let someone do: an evaluator of our own for what the project's policies use.

It knows what AWS writes down: an explicit Deny wins, then an Allow is needed; wildcards in actions and resources; the
operators of conditions below. It knows no boundaries, no policies of organisations and no NotAction, and says so.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

#: Actions that take no resource in IAM ("*" is all that can be said); of those, the ones that the project uses.
WITHOUT_RESOURCE = frozenset(
    {
        "cloudwatch:PutMetricData",
        "ec2:DescribeAvailabilityZones",
        "ec2:DescribeDhcpOptions",
        "ec2:DescribeNetworkAcls",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribePrefixLists",
        "ec2:DescribeRouteTables",
        "ec2:DescribeSecurityGroupRules",
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeSubnets",
        "ec2:DescribeVpcEndpoints",
        "ec2:DescribeVpcs",
        "ecr:GetAuthorizationToken",
        "kms:CreateKey",
        "kms:ListAliases",
        "sagemaker:ListApps",
        "sagemaker:ListDomains",
        "sagemaker:ListMlflowTrackingServers",
        "sagemaker:ListModelPackageGroups",
        "sagemaker:ListPipelines",
        "sagemaker:ListSpaces",
        "sagemaker:ListUserProfiles",
    }
)
_STATEMENT = {"Sid", "Effect", "Action", "Resource", "Condition"}


@dataclass(frozen=True)
class Call:
    """A call of an API.

    Attributes:
        action: Such as ``s3:GetObject``.
        resource: Its ARN; ``*`` where the action takes none.
        context: What conditions can ask for.
    """

    action: str
    resource: str = "*"
    context: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.action} {self.resource}" + (f" {dict(self.context)}" if self.context else "")


def statements(role: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """All statements of a role's permissions."""
    for document in role["permissions"].values():
        yield from document["Statement"]


def many(value: str | list[str]) -> list[str]:
    """A word or a list of them, as IAM takes both."""
    return [value] if isinstance(value, str) else value


def allowed(call: Call, granted: Iterable[Mapping[str, Any]]) -> bool:
    """Whether statements let the call through."""
    effects = {statement["Effect"] for statement in granted if _applies(statement, call)}
    return effects == {"Allow"}


def unused(granted: Iterable[Mapping[str, Any]], calls: Iterable[Call]) -> list[str]:
    """What statements allow and no call needs, as ``Sid: action``."""
    made = list(calls)
    return [
        f"{statement['Sid']}: {action}"
        for statement in granted
        if statement["Effect"] == "Allow"
        for action in many(statement["Action"])
        if not any(_applies({**statement, "Action": action}, call) for call in made)
    ]


def _applies(statement: Mapping[str, Any], call: Call) -> bool:
    unknown = statement.keys() - _STATEMENT
    if unknown:
        raise ValueError(f"{statement.get('Sid')}: the evaluator does not know {sorted(unknown)}")
    return (
        any(_matches(pattern.lower(), call.action.lower()) for pattern in many(statement["Action"]))
        and any(_matches(pattern, call.resource) for pattern in many(statement["Resource"]))
        and all(
            _OPERATORS[operator](call.context.get(key), [str(value) for value in many(values)])
            for operator, keys in statement.get("Condition", {}).items()
            for key, values in keys.items()
        )
    )


def _matches(pattern: str, text: str) -> bool:
    regex = "".join({"*": ".*", "?": "."}.get(letter, re.escape(letter)) for letter in pattern)
    return re.fullmatch(regex, text, flags=re.DOTALL) is not None


def _equals(value: str | None, wanted: list[str]) -> bool:
    return value in wanted


def _like(value: str | None, wanted: list[str]) -> bool:
    return value is not None and any(_matches(pattern, value) for pattern in wanted)


def _less(value: str | None, wanted: list[str]) -> bool:
    return value is not None and any(float(value) < float(limit) for limit in wanted)


_OPERATORS = {
    "StringEquals": _equals, "Bool": _equals, "StringLike": _like, "ArnLike": _like, "NumericLessThan": _less,
}  # fmt: skip
