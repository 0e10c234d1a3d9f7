"""How the report writes numbers, money and dates: by the language's own rules (CLDR, through Babel)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from babel import Locale
from babel.dates import format_date, format_skeleton
from babel.numbers import format_compact_decimal, format_currency, format_decimal, format_percent

from segmentation_model.monthly_report.settings import Speech
from segmentation_model.monthly_report.words import Words, words_of
from segmentation_model.pages.wording import DASH

_MINUS = "−"


@dataclass(frozen=True)
class Writer:
    """Writes in one language. What is missing, or not finite, is a dash.

    >>> es, en = Writer(Speech(language="es")), Writer(Speech(language="en", currency="USD"))
    >>> es.money(1234567.891), en.money(-12.5), es.money(None)
    ('1.234.567,89', '−$12.50', '–')
    """

    speech: Speech

    @cached_property
    def words(self) -> Words:
        """The language's words."""
        return words_of(self.speech.language)

    @cached_property
    def locale(self) -> Locale:
        """The language's rules."""
        return Locale.parse(self.speech.locale)

    def count(self, value: float | None) -> str:
        """A whole number.

        >>> Writer(Speech(language="es")).count(1234567)
        '1.234.567'
        """
        if value is None or not math.isfinite(value):
            return DASH
        return _signed(format_decimal(value, format="#,##0", locale=self.locale))

    def number(self, value: float | None, digits: int = 3) -> str:
        """A statistic with so many decimals.

        >>> Writer(Speech(language="es")).number(0.12345)
        '0,123'
        """
        if value is None or not math.isfinite(value):
            return DASH
        return _signed(format_decimal(value, format=f"#,##0.{'0' * digits}", locale=self.locale))

    def money(self, value: float | None) -> str:
        """An amount to the cent, with the currency where one is set."""
        if value is None or not math.isfinite(value):
            return DASH
        if self.speech.currency is None:
            return self.number(value, digits=2)
        return _signed(format_currency(value, self.speech.currency, locale=self.locale))

    def money_short(self, value: float | None) -> str:
        r"""An amount for a picture: three digits or so, no currency.

        >>> es = Writer(Speech(language="es"))
        >>> es.money_short(1234567), es.money_short(812.4), es.money_short(0)
        ('1,2\xa0M', '812', '0')
        """
        if value is None or not math.isfinite(value):
            return DASH
        if abs(value) < 1_000:
            return self.count(value)
        return _signed(format_compact_decimal(value, fraction_digits=1, locale=self.locale))

    def share(self, value: float | None) -> str:
        r"""A share in per cent; what is not quite nothing, or not quite all, is never written as if it were.

        >>> es, en = Writer(Speech(language="es")), Writer(Speech(language="en"))
        >>> es.share(0.1254), en.share(0.1254), en.share(0.0001), en.share(0.9999), en.share(0.0)
        ('12,5\xa0%', '12.5%', '< 0.1%', '> 99.9%', '0%')
        """
        if value is None or not math.isfinite(value):
            return DASH
        if 0.0 < value < 0.001:
            return f"< {self._percent(0.001, 1)}"
        if 0.999 < value < 1.0:
            return f"> {self._percent(0.999, 1)}"
        return self._percent(value, int(value not in (0.0, 1.0)))

    def share_round(self, value: float) -> str:
        """A share in whole per cent, such as a confidence.

        >>> Writer(Speech(language="en")).share_round(0.95)
        '95%'
        """
        return self._percent(value, 0)

    def points(self, value: float | None) -> str:
        """A difference of shares in percentage points, with its sign.

        >>> Writer(Speech(language="en")).points(0.0123)
        '+1.2 pp'
        """
        if value is None or not math.isfinite(value):
            return DASH
        return f"{self._plus(value)}{self.number(100 * value, 1)} pp"

    def ratio(self, value: float | None) -> str:
        r"""A figure as so many times another.

        >>> Writer(Speech(language="es")).ratio(1.254)
        '1,25\xa0×'
        """
        return DASH if value is None or not math.isfinite(value) else f"{self.number(value, 2)}\N{NO-BREAK SPACE}×"

    def change(self, value: float | None, *, money: bool) -> str:
        """A difference with its sign.

        >>> Writer(Speech(language="en")).change(12, money=False), Writer(Speech()).change(-1.5, money=True)
        ('+12', '−1,50')
        """
        if value is None or not math.isfinite(value):
            return DASH
        return f"{self._plus(value)}{self.money(value) if money else self.count(value)}"

    def relative(self, change: float | None, now: float) -> str:
        """A difference as a share of what was before, with its sign; a dash where that was nothing.

        >>> Writer(Speech(language="en")).relative(5.0, 105.0)
        '+5.0%'
        """
        if change is None or not math.isfinite(change) or now - change <= 0:
            return DASH
        return f"{self._plus(change)}{self._percent(change / (now - change), 1)}"

    def day(self, iso: str) -> str:
        """A date.

        >>> Writer(Speech(language="es")).day("2026-07-31"), Writer(Speech(language="en")).day("2026-07-31")
        ('31 de julio de 2026', 'July 31, 2026')
        """
        return format_date(date.fromisoformat(iso), "long", locale=self.locale)

    def month(self, iso: str) -> str:
        """The month of a date.

        >>> Writer(Speech(language="es")).month("2026-07-31")
        'julio de 2026'
        """
        return format_skeleton("yMMMM", date.fromisoformat(iso), locale=self.locale)

    def counted(self, key: str, count: int, /, **values: object) -> str:
        """A sentence about a count: the text ``<key>.one`` or ``<key>.many``, with the count as ``{count}``."""
        return self.words(f"{key}.{'one' if count == 1 else 'many'}", count=self.count(count), **values)

    def _percent(self, value: float, digits: int) -> str:
        pattern = str(self.locale.percent_formats[None].pattern)
        if digits:
            pattern = pattern.replace("##0", f"##0.{'0' * digits}")
        return _signed(format_percent(value, format=pattern, locale=self.locale))

    @staticmethod
    def _plus(value: float) -> str:
        return "+" if value > 0 else ""


def _signed(text: str) -> str:
    return text.replace("-", _MINUS, 1)
