"""The check of the monthly windows in words: which family did not roll on with the months."""

from __future__ import annotations

from dataclasses import dataclass

from segmentation_model.drift.judgement.monthly_windows import FamilyWindow, WindowCheck
from segmentation_model.pages.wording import Name, name_of, plural, rows_words, sentence, share_words

MAX_NAMED = 12


@dataclass(frozen=True)
class WindowLine:
    """A monthly family in the window check."""

    family: Name
    words: str
    figures: str = ""


@dataclass(frozen=True)
class Windows:
    """The window check: what is wrong, what could not be told, and how many families rolled as they should.

    ``reason`` says why nothing was checked, or what had to be assumed.
    """

    checked: bool
    reason: str
    customers: str
    mis_rolled: tuple[WindowLine, ...]
    unclear: tuple[WindowLine, ...]
    mis_rolled_families: int
    rolled: int
    left_out: int


def window_words(check: WindowCheck) -> Windows:
    """The window check in words."""
    mis_rolled = check.mis_rolled
    unclear = [family for family in check.families if family.status in {"changed", "not_measurable"}]
    return Windows(
        checked=check.status == "checked",
        reason=sentence(check.reason or ""),
        customers=rows_words(check.customers),
        mis_rolled=tuple(_mis_rolled(one) for one in mis_rolled[:MAX_NAMED]),
        unclear=tuple(
            WindowLine(name_of(one.family), sentence(one.reason or one.status.replace("_", " ")))
            for one in unclear[:MAX_NAMED]
        ),
        mis_rolled_families=len(mis_rolled),
        rolled=sum(family.status == "rolled" for family in check.families),
        left_out=max(len(mis_rolled) - MAX_NAMED, 0) + max(len(unclear) - MAX_NAMED, 0),
    )


def _mis_rolled(window: FamilyWindow) -> WindowLine:
    """What the check says, and the shares behind it."""
    figures = [
        f"{share_words(matching)} of {plural(window.customers, 'customer')} {where}{plural(shift, 'month')}"
        for shift, matching, where in (
            (window.expected_shift, window.matching, "moved on as expected, by "),
            (window.found_shift, window.found_matching, "moved by "),
        )
        if shift is not None and matching is not None
    ]
    return WindowLine(name_of(window.family), sentence(window.reason or "did not roll"), "; ".join(figures))
