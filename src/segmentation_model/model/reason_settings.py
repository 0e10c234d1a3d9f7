"""The words in which the business reads the reasons of a score."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Text = Annotated[str, Field(min_length=1)]


class _Group(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Phrase(_Group):
    """The words for a monthly family, a role or a further column."""

    name: Text = Field(description="As people call it.")
    raises: Text | None = Field(None, description="What is said where it raises the risk; null: the name.")
    lowers: Text | None = Field(None, description="What is said where it lowers the risk; null: the name.")


class ReasonSettings(_Group):
    """The words of the reason codes."""

    raises: Text = Field("sube el riesgo", description="Said of what raises the risk.")
    lowers: Text = Field("baja el riesgo", description="Said of what lowers the risk.")
    most_exact_rows: int = Field(
        100_000,
        ge=0,
        description="Of a model with trees too deep to tabulate: customers per tariff whose reasons are exact, the "
        "riskiest of the two highest categories.",
    )
    phrases: dict[str, Phrase] = Field(
        default_factory=dict,
        description="Canonical family, role or further column: its words. What is not listed goes by its own name.",
    )

    def text(self, group: str, raises: bool) -> str:
        """What is said of a family, role or column that raises or lowers the risk.

        >>> settings = ReasonSettings(phrases={"late": Phrase(name="Mora", raises="Mora alta")})
        >>> settings.text("late", True), settings.text("late", False), settings.text("region", True)
        ('Mora alta (sube el riesgo)', 'Mora (baja el riesgo)', 'region (sube el riesgo)')
        """
        phrase = self.phrases.get(group) or Phrase(name=group)
        own = phrase.raises if raises else phrase.lowers
        return f"{own or phrase.name} ({self.raises if raises else self.lowers})"
