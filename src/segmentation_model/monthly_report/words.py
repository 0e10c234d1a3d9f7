"""All words of the report, in two files with the same keys: ``words/es.toml`` and ``words/en.toml``.

Two languages and sentences with a few figures in them need no chain of extraction and compilation, as gettext has, and
nothing to fall back to: a word that one language lacks is refused when the files are read.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from string import Formatter
from typing import Any

from segmentation_model.monthly_report.settings import Language

_LANGUAGES: tuple[Language, ...] = ("es", "en")


@dataclass(frozen=True)
class Words:
    """The words of one language, by key: ``words("calls.title")``, ``words("calls.lead", shown="50")``."""

    texts: Mapping[str, str]

    def __call__(self, key: str, /, **values: object) -> str:
        """A text with its values filled in; what a value holds is never taken for a placeholder."""
        return self.texts[key].format(**values)


@lru_cache(maxsize=2)
def words_of(language: Language) -> Words:
    """Read a language.

    Raises:
        ValueError: The languages differ in their keys, or in the values of a text.
    """
    texts = {name: _read(name) for name in _LANGUAGES}
    one, other = (texts[name] for name in _LANGUAGES)
    if odd := sorted(one.keys() ^ other.keys()):
        raise ValueError(f"monthly_report/words: only one of {_LANGUAGES} has the keys {odd}")
    if odd := sorted(key for key in one if placeholders(one[key]) != placeholders(other[key])):
        raise ValueError(f"monthly_report/words: {_LANGUAGES} fill in different values in {odd}")
    return Words(texts[language])


def placeholders(text: str) -> set[str]:
    """Names of the values that a text asks for.

    >>> sorted(placeholders("{shown} of {all}"))
    ['all', 'shown']
    """
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def _read(language: str) -> dict[str, str]:
    source = resources.files("segmentation_model.monthly_report").joinpath("words", f"{language}.toml")
    return dict(_flat(tomllib.loads(source.read_text(encoding="utf-8"))))


def _flat(table: Mapping[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for key, value in table.items():
        found += _flat(value, f"{prefix}{key}.") if isinstance(value, dict) else [(f"{prefix}{key}", str(value))]
    return found
