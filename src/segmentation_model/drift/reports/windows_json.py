"""The check of the monthly windows as data."""

from __future__ import annotations

from typing import Any

from segmentation_model.drift.judgement.monthly_windows import FamilyWindow, WindowCheck


def windows_to_json(check: WindowCheck) -> dict[str, Any]:
    """Everything that is known about the windows, as plain values for ``json.dumps(..., allow_nan=False)``.

    ``mis_rolled`` counts the families that are; ``families`` holds one entry per monthly family, in their order.
    """
    return {
        "status": check.status,
        "reason": check.reason,
        "customers": check.customers,
        "mis_rolled": len(check.mis_rolled),
        "families": [_family(window) for window in check.families],
    }


def _family(window: FamilyWindow) -> dict[str, Any]:
    return {
        "family": window.family,
        "status": window.status,
        "reason": window.reason,
        "customers": window.customers,
        "expected_shift": window.expected_shift,
        "matching": _share(window.matching),
        "found_shift": window.found_shift,
        "found_matching": _share(window.found_matching),
    }


def _share(value: float | None) -> float | None:
    return None if value is None else round(value, 6)
