"""What the raw codes of a role mean: which texts or numbers are a tariff, and which a bill that stayed unpaid."""

from collections.abc import Mapping
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from segmentation_model.columns.lists import CodeList
from segmentation_model.columns.text import normalise_text

Tariff = Literal["Domestic", "Industrial"]
TARIFFS: tuple[Tariff, ...] = ("Domestic", "Industrial")
Outcome = Literal["unpaid", "paid"]
#: The target of each outcome: what is learnt is that the bill stayed unpaid.
OUTCOMES: Mapping[Outcome, int] = {"unpaid": 1, "paid": 0}
#: What somebody may write for an outcome where its key belongs: for messages.
_OUTCOMES_AS_WRITTEN: Mapping[str | int, Outcome] = {"unpaid": "unpaid", 1: "unpaid", "paid": "paid", 0: "paid"}


class Values(BaseModel):
    """What the raw codes of a role mean."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tariff: dict[Tariff, CodeList] = Field(
        default_factory=dict, description="Tariff: its raw values, compared without case, accents or outer spaces."
    )
    target: dict[Outcome, CodeList] = Field(
        default_factory=dict,
        description="`unpaid` and `paid`: their raw values, compared likewise; without it the target is 1 (unpaid), 0.",
    )

    @field_validator("tariff", mode="before")
    @classmethod
    def _keys_are_tariffs(cls, given: object) -> object:
        return _keyed_by(given, {tariff: tariff for tariff in TARIFFS}, "no tariff; the keys are the tariffs")

    @field_validator("target", mode="before")
    @classmethod
    def _keys_are_outcomes(cls, given: object) -> object:
        return _keyed_by(given, _OUTCOMES_AS_WRITTEN, "no outcome; the keys are unpaid and paid")

    @model_validator(mode="after")
    def _outcomes_are_unambiguous(self) -> Self:
        lacking = [outcome for outcome in OUTCOMES if not self.target.get(outcome)]
        if self.target and lacking:
            raise ValueError(f"target: no value means {lacking[0]}; both unpaid and paid are needed")
        codes = self.target_codes()
        for outcome, texts in self.target.items():
            for text in texts:
                if codes[normalise_text(text)] != OUTCOMES[outcome]:
                    raise ValueError(f"target: {text!r} means both unpaid and paid; each value means one")
        return self

    def target_codes(self) -> dict[str, int]:
        """Normalised raw value: 1 where it means unpaid, 0 where it means paid; empty where no codes are named.

        >>> Values(target={"unpaid": ["IMPAGO", 9], "paid": "Pagado"}).target_codes()
        {'impago': 1, '9': 1, 'pagado': 0}
        """
        return {normalise_text(text): OUTCOMES[outcome] for outcome, texts in self.target.items() for text in texts}


def _keyed_by(given: object, meanings: Mapping[Any, str], rule: str) -> object:
    """Refuse a mapping whose keys are no meanings; code and meaning the wrong way round is the likeliest mistake."""
    if isinstance(given, Mapping):
        for key, value in given.items():
            if key not in meanings.values():
                raise ValueError(f"{key!r} is {rule}, for example {_right_way_round(key, value, meanings)}")
    return given


def _right_way_round(key: object, value: object, meanings: Mapping[Any, str]) -> str:
    code = value[0] if isinstance(value, list | tuple) and value else value
    for meant, other in ((code, key), (key, code)):
        if isinstance(meant, str | int) and meant in meanings:
            return f"{meanings[meant]}: [{other}]"
    return f"{next(iter(meanings.values()))}: [{code}]"
