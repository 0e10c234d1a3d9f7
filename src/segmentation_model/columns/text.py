"""One spelling for one thing."""

import unicodedata


def normalise_text(text: str) -> str:
    """Fold case, accents and spaces.

    >>> normalise_text("  DOMÉSTICA  norte ")
    'domestica norte'
    """
    decomposed = unicodedata.normalize("NFKD", text)
    return " ".join("".join(c for c in decomposed if not unicodedata.combining(c)).casefold().split())
