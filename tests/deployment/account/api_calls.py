"""Actions and resources in IAM of a call to a service other than S3, and what it needs besides: tags, a role passed."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Any

from moto.core.utils import camelcase_to_underscores

from tests.deployment.policies import WITHOUT_RESOURCE, Call, many

#: What the resource's ARN ends with; the first whose parameters are all there. A parameter that is an ARN is the whole.
_ENDINGS = {
    "cloudwatch": ("{ResourceARN}", "alarm:{AlarmName}", "alarm:{AlarmNames}"),
    "ecr": ("{resourceArn}", "repository/{repositoryName}", "repository/{repositoryNames}"),
    "events": ("{ResourceARN}", "rule/{Rule}", "rule/{Name}"),
    "iam": (
        "role/{RoleName}", "{PolicyArn}", "policy/{PolicyName}", "{OpenIDConnectProviderArn}", "oidc-provider/{Url}",
    ),
    "kms": ("{AliasName}", "key/{KeyId}"),
    "logs": ("{resourceArn}", "log-group:{logGroupName}"),
    "sagemaker": (
        "{ResourceArn}", "space/{DomainId}/{SpaceName}", "user-profile/{DomainId}/{UserProfileName}",
        "domain/{DomainId}", "domain/{DomainName}", "mlflow-tracking-server/{TrackingServerName}", "{ModelPackageArn}",
        "{ModelPackageName}", "model-package-group/{ModelPackageGroupName}", "{PipelineExecutionArn}",
        "pipeline/{PipelineName}", "processing-job/{ProcessingJobName}", "training-job/{TrainingJobName}",
    ),
    "scheduler": (
        "{ResourceArn}", "schedule/{GroupName}/{Name}", "schedule/{groupName}/{Name}", "schedule-group/{Name}",
    ),
    "sns": ("{TopicArn}", "{ResourceArn}", "{SubscriptionArn}", "{Name}"),
    "sts": ("{RoleArn}",),
}  # fmt: skip
#: What an id of EC2 begins with, and what it is an id of. For an association of a route table IAM looks at the table.
_OF_EC2 = {
    "vpc": "vpc", "subnet": "subnet", "rtb": "route-table", "rtbassoc": "route-table", "sg": "security-group",
    "sgr": "security-group-rule", "vpce": "vpc-endpoint",
}  # fmt: skip
_CALLED_OTHERWISE = {"monitoring": "cloudwatch"}  # requests are signed for another name than IAM's
_TAGGING = {
    "ec2": "CreateTags", "sagemaker": "AddTags", "iam:CreateRole": "TagRole", "iam:CreatePolicy": "TagPolicy",
    "iam:CreateOpenIDConnectProvider": "TagOpenIDConnectProvider",
}  # fmt: skip
_HANDED_ON = {"RoleArn", "ExecutionRole", "ExecutionRoleArn"}


@dataclass(frozen=True)
class Place:
    """Where a call arrives.

    Attributes:
        service: What the request was signed for.
        region: Region.
        account: Number of the account.
    """

    service: str
    region: str
    account: str

    @property
    def prefix(self) -> str:
        """Name of the service in actions."""
        return _CALLED_OTHERWISE.get(self.service, self.service)

    def arn(self, ending: str) -> str:
        """ARN of a resource of the service."""
        region = "" if self.prefix == "iam" else self.region
        return f"arn:aws:{self.prefix}:{region}:{self.account}:{ending}"


def api_calls(place: Place, name: str, parameters: Mapping[str, Any]) -> Iterator[Call]:
    """Every call that IAM decides of when this one arrives.

    Args:
        place: Where.
        name: Of the operation, such as ``CreateRole``.
        parameters: Its parameters.
    """
    tags = _tags(parameters)
    context = {"aws:RequestedRegion": place.region} | {f"aws:RequestTag/{tag}": value for tag, value in tags.items()}
    action = f"{place.prefix}:{name}"
    resources = ["*"] if action in WITHOUT_RESOURCE else _resources(place, name, parameters)
    for resource in resources:
        yield Call(action, resource, context)
    makes = name.startswith(("Create", "Put", "Update"))
    if makes and tags:
        tagging = _TAGGING.get(action) or _TAGGING.get(place.prefix, "TagResource")
        for resource in resources:
            yield Call(f"{place.prefix}:{tagging}", place.arn("key/*") if name == "CreateKey" else resource, context)
    if makes and place.prefix in {"sagemaker", "scheduler"}:
        for role in sorted(_roles(parameters)):
            yield Call("iam:PassRole", role, {"iam:PassedToService": f"{place.prefix}.amazonaws.com"})


def _resources(place: Place, name: str, parameters: Mapping[str, Any]) -> list[str]:
    if place.prefix == "ec2":
        return _resources_of_ec2(place, name, parameters)
    if place.prefix == "logs" and name == "DescribeLogGroups":
        return [place.arn("log-group::log-stream:")]  # all groups, whatever it asks for
    for ending in _ENDINGS.get(place.prefix, ()):
        fields = [field for _, field, _, _ in Formatter().parse(ending) if field]
        if all(parameters.get(field) for field in fields):
            last = fields[-1]
            return [_arn(place, ending, {**parameters, last: value}) for value in many(parameters[last])]
    return ["*"]


def _arn(place: Place, ending: str, parameters: Mapping[str, Any]) -> str:
    end = ending.format_map(parameters).replace("https://", "")  # an issuer's address
    return end[end.index("arn:") :] if "arn:" in end else place.arn(end)


def _resources_of_ec2(place: Place, name: str, parameters: Mapping[str, Any]) -> list[str]:
    found = {
        place.arn(f"{_OF_EC2[match[1]]}/{text}")
        for text in _texts(parameters)
        if (match := re.fullmatch(r"([a-z]+)-[0-9a-f]{8,}", text)) and match[1] in _OF_EC2
    }
    made = camelcase_to_underscores(name.removeprefix("Create")).replace("_", "-")
    if name.startswith("Create") and made in _OF_EC2.values():
        found.add(place.arn(f"{made}/*"))
    return sorted(found) or ["*"]


def _tags(parameters: Mapping[str, Any]) -> dict[str, str]:
    """The tags of a request, which each service writes in its own way."""
    specified = parameters.get("TagSpecifications") or [parameters]
    written = specified[0].get("Tags") or specified[0].get("tags") or []
    if isinstance(written, Mapping):
        return dict(written)
    pairs = ({name.lower().removeprefix("tag"): value for name, value in one.items()} for one in written)
    return {pair["key"]: pair["value"] for pair in pairs if "key" in pair and "value" in pair}


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)
    else:
        yield str(value)


def _roles(value: Any) -> set[str]:
    if isinstance(value, Mapping):
        own = {str(one) for name, one in value.items() if name in _HANDED_ON}
        return own.union(*map(_roles, value.values()))
    return set().union(*map(_roles, value)) if isinstance(value, list) else set()
