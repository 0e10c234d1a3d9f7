"""The booster of a tariff, or the reason why there is none."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:  # it takes seconds to import, which a profile alone can do without
    import xgboost as xgb

Status = Literal["trained", "skipped"]


@dataclass(frozen=True)
class TrainedBooster:
    """What training gives.

    Attributes:
        booster: The trees up to the best iteration; None where training was skipped.
        record: JSON-able: rows, positives, seed, trees and gain per feature, or ``reason`` where training was skipped.
    """

    booster: xgb.Booster | None
    record: dict[str, Any]

    @property
    def status(self) -> Status:
        """Whether there is a model."""
        return "skipped" if self.booster is None else "trained"

    @property
    def reason(self) -> str | None:
        """Why there is no model; None where there is one."""
        return self.record.get("reason")

    def to_files(self) -> dict[str, bytes]:
        """The booster in XGBoost's UBJSON and the record in JSON."""
        files = {"training.json": to_json(self.record)}
        if self.booster is not None:
            files["model.ubj"] = bytes(self.booster.save_raw("ubj"))
        return files

    @classmethod
    def from_files(cls, files: Mapping[str, bytes]) -> TrainedBooster:
        """Read what ``to_files`` wrote.

        Raises:
            KeyError: A file is missing.
        """
        record = json.loads(files["training.json"])
        return cls(None if "reason" in record else load_booster(files["model.ubj"]), record)


def load_booster(content: bytes) -> xgb.Booster:
    """Read a booster from UBJSON."""
    import xgboost as xgb

    booster = xgb.Booster()
    booster.load_model(bytearray(content))
    return booster


def to_json(value: object) -> bytes:
    """Canonical JSON: sorted keys, two spaces, finite numbers only.

    >>> print(to_json({"b": 1, "a": "ñ"}).decode(), end="")
    {
      "a": "ñ",
      "b": 1
    }
    """
    return (json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n").encode()
