"""How pages write numbers and names. A value that is not defined is a dash, never a 0."""

from __future__ import annotations

import math
from dataclasses import dataclass

DASH = "–"
NAME_LENGTH = 48
WHOLE_NAME_LENGTH = 160
"""A name that is cut is shown whole in a tooltip, up to this length."""


@dataclass(frozen=True)
class Name:
    """A name as a page shows it: ``text`` is short, ``whole`` the uncut one (empty where it is not needed)."""

    text: str
    whole: str = ""


def name_of(raw: str, length: int = NAME_LENGTH) -> Name:
    """A name from the data. A long one loses its middle: what tells columns apart is often the end.

    >>> name_of("Importe_Factura_01")
    Name(text='Importe_Factura_01', whole='')
    >>> name_of("abcdefghij", length=5)
    Name(text='ab…ij', whole='abcdefghij')
    """
    is_endless = len(raw) > WHOLE_NAME_LENGTH
    name = printable(raw[:length] + raw[-length:] if is_endless else raw)
    if len(name) <= length:
        return Name(name)
    head = length // 2
    tail = length - head - 1
    return Name(f"{name[:head]}…{name[-tail:]}", "" if is_endless or len(name) > WHOLE_NAME_LENGTH else name)


def sentence(text: str, length: int = 300) -> str:
    """Words for people, cut at the end.

    >>> sentence("too few rows", length=7)
    'too fe…'
    """
    shown = printable(text[: length + 1])
    return shown if len(shown) <= length else f"{shown[: length - 1]}…"


def printable(text: str) -> str:
    r"""The text with every character that does not print (or turns the direction of reading) as an escape.

    >>> printable("a\nb"), printable("señor")
    ('a\\nb', 'señor')
    """
    if text.isprintable():
        return text
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode("ascii")
        for character in text
    )


def rows_words(rows: int) -> str:
    """A count.

    >>> rows_words(1234567)
    '1,234,567'
    """
    return f"{rows:,}"


def share_words(part: float, whole: float = 1.0) -> str:
    """A share in per cent; what is not quite nothing, or not quite all, is never written as if it were.

    >>> share_words(1, 8), share_words(1, 10_000), share_words(0), share_words(9_999, 10_000), share_words(1, 0)
    ('12.5 %', '< 0.1 %', '0 %', '> 99.9 %', '–')
    """
    if not whole:
        return DASH
    percent = 100.0 * part / whole
    if 0.0 < percent < 0.1:
        return "< 0.1 %"
    if 99.9 < percent < 100.0:
        return "> 99.9 %"
    return f"{percent:.0f} %" if percent in (0.0, 100.0) else f"{percent:.1f} %"


def number_words(value: float | None) -> str:
    """A statistic with three decimals.

    >>> number_words(0.12345), number_words(0.0001), number_words(-0.002), number_words(None)
    ('0.123', '< 0.001', '−0.002', '–')
    """
    if value is None or not math.isfinite(value):
        return DASH
    if 0.0 < value < 0.001:
        return "< 0.001"
    if -0.0005 < value <= 0.0:
        return "0.000"
    return f"{value:,.3f}".replace("-", "−")


def p_value_words(value: float | None) -> str:
    """A probability: two digits, from 0.001 downwards one and a power of ten.

    >>> p_value_words(0.0312), p_value_words(3.4e-05), p_value_words(0.0), p_value_words(None)
    ('0.031', '3e-05', '< 1e-15', '–')
    """
    if value is None or not math.isfinite(value):
        return DASH
    if value < 1e-15:
        return "< 1e-15"
    return f"{value:.0e}" if value < 0.001 else f"{value:.2g}"


def plural(count: int, one: str, many: str = "") -> str:
    """A count with its noun.

    >>> plural(1, "column"), plural(2_000, "column"), plural(2, "family", "families")
    ('1 column', '2,000 columns', '2 families')
    """
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def bar_length(share: float, longest: float) -> str:
    """Length of a bar, 100 being the longest of its plot.

    >>> bar_length(0.1, 0.4), bar_length(0.4, 0.4), bar_length(0.0, 0.0)
    ('25', '100', '0')
    """
    return f"{100.0 * share / longest:.4g}" if longest > 0.0 else "0"
