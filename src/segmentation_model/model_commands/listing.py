"""The versions of a registered model, for people and for machines."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from segmentation_model.registry.registered_model import RegisteredModel


def describe(model: RegisteredModel) -> list[dict[str, Any]]:
    """The versions of a registered model, the newest first.

    Args:
        model: The registered model.

    Returns:
        Per version its number, when it was registered (UTC), its aliases, MLflow run, and all that its tags record.
    """
    pointing = model.aliases()
    return [
        {
            "version": version.number,
            "registered_at": f"{datetime.fromtimestamp(version.created / 1000, tz=UTC):%Y-%m-%dT%H:%M:%SZ}",
            "aliases": sorted(alias for alias, number in pointing.items() if number == version.number),
            "run_id": version.run_id,
            **version.tags,
        }
        for version in model.versions()
    ]


def in_words(described: Mapping[str, list[dict[str, Any]]]) -> str:
    """The same as a text."""
    lines: list[str] = []
    for name, versions in described.items():
        lines.append(name)
        if not versions:
            lines.append("  no version is registered")
        for version in versions:
            aliases = " ".join(version["aliases"]) or "-"
            lines.append(
                f"  {version['version']:>4}  {version['registered_at']}  {version.get('model_version', '-'):<12}  "
                f"{aliases:<19}  {version.get('decision', '-')}: {version.get('reason', '-')}"
            )
            for tag, words in (("promoted_because", "promoted"), ("rolled_back", "rolled back")):
                if version.get(tag):
                    lines.append(f"        {words}: {version[tag]}")
    return "\n".join(lines)
