"""What a card is written from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from segmentation_model.columns import Layout
from segmentation_model.model.artifact import ModelArtifact
from segmentation_model.model.reason_settings import ReasonSettings
from segmentation_model.model.reasons import group_of
from segmentation_model.pages.wording import DASH, number_words, sentence

#: Parts of the labelled rows, with what each is for.
PARTS = {"train": "trains the trees", "calibration": "calibrates, freezes cut-offs and threshold", "test": "measures"}


@dataclass(frozen=True)
class PartRows:
    """Labelled rows of one part.

    Attributes:
        rows: Customers' invoices.
        customers: Different customers.
        unpaid: Bills that stayed unpaid.
        months: Invoice months, oldest first; none where the table has no invoice date.
    """

    rows: int
    customers: int
    unpaid: int
    months: tuple[str, ...]


@dataclass(frozen=True)
class CardFacts:
    """Everything that is known of one tariff's model; no row of a customer.

    Attributes:
        model: The artifact.
        parts: The labelled rows by part.
        leakage: What the leakage guard found.
        gate: What the drift gate decided.
        words: The business's words for features.
        layout: The layout of the raw table.
    """

    model: ModelArtifact
    parts: Mapping[str, PartRows]
    leakage: Mapping[str, Any]
    gate: Mapping[str, Any]
    words: ReasonSettings
    layout: Layout

    @property
    def tariff(self) -> str:
        """The tariff, as the profile remembers it; empty where the labelled table has no row of it."""
        return str(self.model.profile.about.get("tariff", ""))

    @property
    def metrics(self) -> Mapping[str, Any]:
        """The evaluation."""
        found: Mapping[str, Any] = self.model.metadata["metrics"]
        return found

    @property
    def record(self) -> Mapping[str, Any]:
        """The training record."""
        found: Mapping[str, Any] = self.model.metadata["training"]
        return found

    @property
    def constraints(self) -> Mapping[str, Any]:
        """Features whose risk is held to one direction, and to which."""
        found: Mapping[str, Any] = self.record["monotone"]
        return found

    @property
    def cases(self) -> int:
        """Rows of the test part's rarer class."""
        test = self.parts["test"]
        return min(test.unpaid, test.rows - test.unpaid)

    @property
    def months(self) -> tuple[str, ...]:
        """Invoice months of all parts, oldest first."""
        return tuple(sorted({month for part in self.parts.values() for month in part.months}))

    def name(self, feature: str) -> str:
        """What a feature comes of, in the business's words."""
        group = group_of(feature, self.layout)
        phrase = self.words.phrases.get(group)
        return sentence(group if phrase is None else phrase.name, 80)

    def interval(self, metric: str) -> tuple[float, float] | None:
        """Interval of a metric of the test part; None where it was not drawn."""
        found = (self.metrics.get("intervals") or {}).get(metric)
        return None if found is None else (found["lower"], found["upper"])

    def interval_words(self, metric: str) -> str:
        """The same in words."""
        ends = self.interval(metric)
        return DASH if ends is None else " to ".join(number_words(end) for end in ends)


def leaves(record: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Whatever a record holds, as dotted names and values in words.

    >>> list(leaves({"a": {"b": 1.5, "c": []}, "d": [1, 2], "e": None}))
    [('a.b', '1.5'), ('a.c', 'none'), ('d', '1, 2'), ('e', 'none')]
    """
    for key, value in record.items():
        name = f"{prefix}{key}"
        if isinstance(value, Mapping) and value:
            yield from leaves(value, f"{name}.")
        else:
            yield sentence(name, 100), _value_words(value)


def _value_words(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, list | tuple):
        return sentence(", ".join(_value_words(one) for one in value), 160) or "none"
    return "none" if value is None or value == {} else sentence(str(value), 160)
