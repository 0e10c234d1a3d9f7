"""What moto's SageMaker lacks: Studio, managed MLflow, and the deletion of a model package group.

Studio's and MLflow's resources are described as they were made, and are there at once; AWS takes minutes. What others
depend on can't be deleted, as there.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from moto.core.responses import ActionResult, EmptyResult
from moto.core.utils import camelcase_to_underscores, utcnow
from moto.sagemaker import models, urls
from moto.sagemaker.exceptions import ConflictException, ResourceInUseException, ResourceNotFound
from moto.sagemaker.models import SageMakerModelBackend
from moto.sagemaker.responses import SageMakerResponse


@dataclass(frozen=True)
class Kind:
    """A kind of resource.

    Attributes:
        noun: Its name in the names of actions.
        name: What its attributes begin with.
        arn: Its kind in ARNs.
        keys: Attributes that tell one from another.
        listed: Under what it is listed.
        ready: Attribute and value that say that it can be used.
    """

    noun: str
    name: str
    arn: str
    keys: tuple[str, ...]
    listed: str
    ready: tuple[str, str] = ("Status", "InService")

    def key(self, parameters: dict[str, Any]) -> str:
        return "/".join(parameters[name] for name in self.keys)


KINDS = (
    Kind("Domain", "Domain", "domain", ("DomainId",), "Domains"),
    Kind("UserProfile", "UserProfile", "user-profile", ("DomainId", "UserProfileName"), "UserProfiles"),
    Kind("Space", "Space", "space", ("DomainId", "SpaceName"), "Spaces"),
    Kind(
        "MlflowTrackingServer",
        "TrackingServer",
        "mlflow-tracking-server",
        ("TrackingServerName",),
        "TrackingServerSummaries",
        ready=("TrackingServerStatus", "Created"),
    ),
)


class Resource:
    """Something that was made.

    Attributes:
        kind: Its kind.
        arn: Its ARN.
        fields: What a description says of it.
        tags: Its tags, as AWS lists them.
    """

    def __init__(self, kind: Kind, arn: str, fields: dict[str, Any], tags: list[dict[str, str]]) -> None:
        made = {"CreationTime": utcnow(), "LastModifiedTime": utcnow(), f"{kind.name}Arn": arn}
        self.kind, self.arn, self.tags = kind, arn, tags
        self.fields = dict([kind.ready]) | made | fields


class ExtendedBackend(SageMakerModelBackend):
    """moto's, with a store of the kinds that it lacks."""

    _url_module = urls  # moto looks for it beside the class

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.resources: dict[str, Resource] = {}  # by ARN

    def arn(self, kind: Kind, parameters: dict[str, Any]) -> str:
        return f"arn:aws:sagemaker:{self.region_name}:{self.account_id}:{kind.arn}/{kind.key(parameters)}"

    def make(self, kind: Kind, parameters: dict[str, Any]) -> Resource:
        fields = dict(parameters)
        tags = fields.pop("Tags", [])
        if kind.noun == "Domain":
            name = f"d-{uuid4().hex[:12]}"
            fields |= {"DomainId": name, "Url": f"https://{name}.studio.{self.region_name}.sagemaker.aws"}
            fields["HomeEfsFileSystemId"] = f"fs-{uuid4().hex[:17]}"
        if kind.noun == "MlflowTrackingServer":
            fields = {"MlflowVersion": "3.0", "IsActive": "Active"} | fields
        arn = self.arn(kind, fields)
        if arn in self.resources:
            raise ResourceInUseException(f"{arn} already exists.")
        return self.resources.setdefault(arn, Resource(kind, arn, fields, tags))

    def find(self, kind: Kind, parameters: dict[str, Any]) -> Resource:
        arn = self.arn(kind, parameters)
        if arn not in self.resources:
            raise ResourceNotFound(f"{arn} does not exist.")
        return self.resources[arn]

    def of(self, kind: Kind) -> list[Resource]:
        return [resource for resource in self.resources.values() if resource.kind == kind]

    def delete(self, resource: Resource) -> None:
        """Delete it, unless others depend on it: a user's spaces, and all that is in a domain."""
        fields = resource.fields
        for other in self.resources.values():
            in_domain = resource.kind.noun == "Domain" and other.fields.get("DomainId") == fields["DomainId"]
            owner = other.fields.get("OwnershipSettings", {}).get("OwnerUserProfileName")
            owned = resource.kind.noun == "UserProfile" and owner == fields["UserProfileName"]
            if other is not resource and (in_domain or owned):
                raise ResourceInUseException(f"{resource.arn} is used by {other.arn}.")
        del self.resources[resource.arn]

    def delete_model_package_group(self, name: str) -> None:
        """Delete an empty group."""
        group = self.describe_model_package_group(name)
        if any(package.model_package_group_name == name for package in self.model_packages.values()):
            raise ConflictException(f"{group.arn} contains model packages.")
        del self.model_package_groups[name]

    def _get_resource_from_arn(self, arn: str) -> Any:
        return self.resources.get(arn) or super()._get_resource_from_arn(arn)


class ExtendedResponse(SageMakerResponse):
    """moto's, with the actions that it lacks; those of the kinds above are added by ``extend``."""

    def list_apps(self) -> ActionResult:
        """Nobody has opened Code Editor."""
        return ActionResult({"Apps": []})

    def delete_model_package_group(self) -> ActionResult:
        self.sagemaker_backend.delete_model_package_group(self._get_param("ModelPackageGroupName"))
        return EmptyResult()


def _actions(kind: Kind) -> dict[str, Callable[[Any], ActionResult]]:
    def create(self: Any) -> ActionResult:
        made = self.sagemaker_backend.make(kind, dict(self.params))
        return ActionResult({f"{kind.name}Arn": made.arn} | {name: made.fields[name] for name in kind.keys})

    def describe(self: Any) -> ActionResult:
        return ActionResult(self.sagemaker_backend.find(kind, self.params).fields)

    def update(self: Any) -> ActionResult:
        found = self.sagemaker_backend.find(kind, self.params)
        found.fields |= {**self.params, "LastModifiedTime": utcnow()}
        return ActionResult({f"{kind.name}Arn": found.arn})

    def delete(self: Any) -> ActionResult:
        found = self.sagemaker_backend.find(kind, self.params)
        self.sagemaker_backend.delete(found)
        return ActionResult({f"{kind.name}Arn": found.arn})

    def list_(self: Any) -> ActionResult:
        wanted = self.params.get("DomainIdEquals")
        found = [one.fields for one in self.sagemaker_backend.of(kind)]
        return ActionResult({kind.listed: [one for one in found if wanted in (None, one.get("DomainId"))]})

    named = {"create": create, "describe": describe, "update": update, "delete": delete}
    actions = {f"{verb}_{camelcase_to_underscores(kind.noun)}": action for verb, action in named.items()}
    return actions | {f"list_{camelcase_to_underscores(kind.noun)}s": list_}


def extend() -> None:
    """Let moto's server of this process answer with them."""
    for kind in KINDS:
        for name, action in _actions(kind).items():
            setattr(ExtendedResponse, name, action)
    models.sagemaker_backends.backend = ExtendedBackend
    urls.url_paths["{0}/$"] = ExtendedResponse.dispatch
