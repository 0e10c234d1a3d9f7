"""What moto forgets of a security group's rule: its description, where it names a group or a list of addresses.

Without it every plan wants to write it again.
"""

from typing import Any

from moto.ec2.models import security_groups
from moto.ec2.models.security_groups import SecurityGroupRule


class DescribedRule(SecurityGroupRule):
    """moto's, which keeps the description of a rule for addresses only."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        *_, source_group, prefix_list = arguments
        self._described = (source_group or {}).get("Description") or (prefix_list or {}).get("Description")

    @property
    def description(self) -> str | None:
        return self._described or super().description


def extend() -> None:
    """Let moto's server of this process keep them."""
    security_groups.SecurityGroupRule = DescribedRule  # type: ignore[misc]
