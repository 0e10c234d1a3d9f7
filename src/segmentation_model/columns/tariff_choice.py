"""Which tariffs a run is asked for."""

from typing import Literal

from segmentation_model.columns.layout import Tariff

TariffChoice = Literal["both", "Domestic", "Industrial"]


def not_asked_for(tariff: Tariff, tariffs: TariffChoice) -> str | None:
    """Why a run leaves a tariff out; None where it is asked for it.

    >>> not_asked_for("Industrial", "Domestic")
    'the tariff was not asked for (tariffs=Domestic)'
    >>> not_asked_for("Domestic", "Domestic") is not_asked_for("Domestic", "both") is None
    True
    """
    return None if tariffs in ("both", tariff) else f"the tariff was not asked for (tariffs={tariffs})"
