"""The invented region that the synthetic customers live in: regions with seasons, and their municipalities."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from segmentation_model.pipelines.synthetic_data.months import Months
from segmentation_model.pipelines.synthetic_data.random_streams import Purpose, stream_for
from segmentation_model.pipelines.synthetic_data.vectors import Floats

_WEATHER_SD = 0.012


@dataclass(frozen=True)
class Region:
    """A region and its season: consumption swings by ``exp(+-swing)``, highest at ``peak`` (0 is mid-January)."""

    name: str
    swing: float
    peak: float


@dataclass(frozen=True)
class Municipality:
    """A municipality: its region, its share of the customers, and its part in the logit of default."""

    name: str
    region: int
    share: float
    risk: float


REGIONS: Final = (
    Region("Norte", 0.12, 6.0),
    Region("Centro", 0.07, 3.0),
    Region("Costa", 0.09, 5.5),
    Region("Sierra", 0.05, 0.0),
    Region("Sur", 0.07, 3.5),
)

MUNICIPALITIES: Final = (
    Municipality("San Aurelio", 0, 0.11, -0.15),
    Municipality("Puerta del Norte", 0, 0.07, 0.10),
    Municipality("Llano Seco", 0, 0.05, 0.30),
    Municipality("Villa Candelas", 0, 0.04, -0.05),
    Municipality("Santa Iria", 1, 0.13, -0.25),
    Municipality("Tres Fuentes", 1, 0.09, -0.10),
    Municipality("Cañada Real", 1, 0.06, 0.15),
    Municipality("El Molino", 1, 0.05, 0.00),
    Municipality("Bahía Serena", 2, 0.09, 0.05),
    Municipality("Puerto Arenas", 2, 0.06, 0.35),
    Municipality("Las Palmeras", 2, 0.04, 0.10),
    Municipality("Peñas Altas", 3, 0.05, -0.20),
    Municipality("Río Hondo", 3, 0.03, 0.00),
    Municipality("San Telmo", 3, 0.02, 0.15),
    Municipality("Nueva Esperanza", 4, 0.05, 0.40),
    Municipality("Los Almendros", 4, 0.03, 0.05),
    Municipality("Valle Umbrío", 4, 0.02, 0.20),
    Municipality("La Ceiba", 4, 0.01, 0.45),
)


def log_season(months: Months, seed: int) -> Floats:
    """Season and weather: what every month of a region adds to the logarithm of consumption.

    Args:
        months: The months of the run.
        seed: Seed of the run; the weather is the only random part, with a standard deviation of 1.2 %.

    Returns:
        One row per month, one column per region.
    """
    swing = np.array([region.swing for region in REGIONS])
    peak = np.array([region.peak for region in REGIONS])
    phase = 2 * np.pi * (months.calendar_month[:, None] - peak) / 12
    weather = stream_for(seed, Purpose.WEATHER).normal(0, _WEATHER_SD, (months.count, len(REGIONS)))
    result: Floats = (swing * np.cos(phase) + weather).astype(np.float32)
    return result
