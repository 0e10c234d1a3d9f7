"""Which features are built: kept with a model, because its features mean something under these settings only."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from segmentation_model.columns import IntegerList

Window = Annotated[int, Field(ge=2, le=120)]
#: 1: more of it never lowers the risk; -1: it never raises it.
Sign = Literal[-1, 1]


class FeatureSettings(BaseModel):
    """Which features are built from the monthly families and the dates."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    windows: IntegerList = Field(
        (3, 6, 12, 24), min_length=1, description="Months over which averages, late months and paid shares are taken."
    )
    pattern_window: Window = Field(12, description="Months over which spread, trend and the usual level are taken.")
    date_strategy: Literal["relative"] = Field("relative", description="Dates become days relative to the invoice.")
    monotone: dict[str, Literal[-1, 0, 1]] = Field(
        default_factory=dict,
        description="Monthly family, role or further column: 1 if more of it never lowers the risk, -1 if it never "
        "raises it, 0 for no constraint. Of such a family only what goes one way with every month is built.",
    )

    @property
    def signs(self) -> dict[str, Sign]:
        """What ``monotone`` constrains."""
        return {name: sign for name, sign in self.monotone.items() if sign != 0}

    @field_validator("date_strategy", mode="before")
    @classmethod
    def _only_relative(cls, value: object) -> object:
        if value == "cyclical":
            raise ValueError(
                "'cyclical' is not supported, a date's position in the year says nothing about one bill; "
                "allowed: 'relative'"
            )
        return value

    @field_validator("windows")
    @classmethod
    def _ascending(cls, value: tuple[int, ...]) -> tuple[int, ...]:
        if list(value) != sorted(set(value)) or value[0] < 1:
            raise ValueError(f"{list(value)}: months in ascending order, each at least 1")
        return value


def changed_settings(now: Mapping[str, Any], trained: Mapping[str, Any]) -> list[str]:
    """Settings that differ from those that a model keeps: its features mean something else under them.

    Args:
        now: ``FeatureSettings`` as JSON.
        trained: The same, as the model's metadata have them.

    >>> changed_settings({"windows": [3], "pattern_window": 6}, {"windows": [3], "pattern_window": 12})
    ['pattern_window']
    """
    return [key for key in now if now[key] != trained.get(key)]
