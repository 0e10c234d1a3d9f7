"""The card as Markdown and as one page of HTML: no network, no script, at most 1 MB whatever the data hold."""

from __future__ import annotations

import re
from functools import lru_cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from segmentation_model.model_card.charts import HEIGHT, WIDTH
from segmentation_model.model_card.content import ModelCard
from segmentation_model.pages.sources import environment, source_hash, stylesheet

MAX_BYTES = 1_000_000

_PACKAGE = "segmentation_model.model_card"
_SPECIAL = re.compile(r"([\\|*`\[\]~])|(?<!\w)_|_(?!\w)")
_DIALS = {"high": "Grave", "moderate": "Moderate", "low": "Minor", "none": "None", "not_measured": "Not measured"}


def card_html(card: ModelCard) -> str:
    """The card as a page, which is the same to the byte for the same card.

    What comes from the data is cut where the card is built, and escaped here; the page's own content security policy
    forbids every script, every request, and every style but its own (by its hash).

    Returns:
        HTML, below ``MAX_BYTES`` bytes in UTF-8.
    """
    style = stylesheet(_PACKAGE, "model_card.css")
    return (
        environment(_PACKAGE)
        .get_template("model_card.html.j2")
        .render(card=card, style=style, style_hash=source_hash(style), width=WIDTH, height=HEIGHT, dials=_DIALS)
    )


def card_markdown(card: ModelCard) -> str:
    """The card as GitHub-flavoured Markdown, for a repository, a wiki or a diff; charts are left out."""
    return _markdown().get_template("model_card.md.j2").render(card=card, dials=_DIALS)


def escape_markdown(value: object) -> Markup:
    r"""A value as Markdown shows it literally, in a sentence and in a cell of a table.

    >>> print(escape_markdown("<b>|x *y* a_b _c_"))
    &lt;b&gt;\|x \*y\* a_b \_c\_
    """
    if isinstance(value, Markup):
        return value
    text = str(value).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return Markup(_SPECIAL.sub(lambda match: f"\\{match[0]}", text))  # noqa: S704  (this is the escaping)


@lru_cache(maxsize=1)
def _markdown() -> Environment:
    # With autoescape on, what `finalize` escaped stays as it is, and nothing gets by unescaped.
    return Environment(
        loader=PackageLoader(_PACKAGE),
        autoescape=True,
        finalize=escape_markdown,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
