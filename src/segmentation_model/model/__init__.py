"""A tariff's model: its features, booster, calibration and cut-offs, and the artifact that holds them."""
