"""How a CSV file is written: encoding, delimiter, names of the columns."""

import codecs
import csv
import io
from dataclasses import dataclass
from itertools import islice

from segmentation_model.errors import InputError

HEAD_SIZE = 1 << 18
"""Bytes at the beginning of a file that tell how it is written; the line of the names must fit in."""

_DELIMITERS = (",", ";", "\t", "|")
_LINES = 50
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True)
class CsvDialect:
    """How a CSV file is written.

    Attributes:
        encoding: As Python names it.
        delimiter: Between two values.
        names: Of the columns, as they stand in the file.
        header_lines: Lines before the first row: blank ones and the names.
        has_rows: Whether anything follows the names.
    """

    encoding: str
    delimiter: str
    names: tuple[str, ...]
    header_lines: int
    has_rows: bool


def detect_dialect(head: bytes, shown: str) -> CsvDialect:
    """Tell from the first bytes of a file how it is written.

    The delimiter is the one that gives most lines as many values as there are names, and more than one; where several
    do, it is the one that gives the most.

    Args:
        head: The first ``HEAD_SIZE`` bytes, decompressed, or all there are.
        shown: The file, for messages.

    Raises:
        InputError: This is no CSV file.
    """
    encoding, text = _decoded(head)
    if "\0" in text or text.lstrip().startswith(("<", "{")):
        raise InputError(f"{shown}: neither Parquet nor CSV (it begins with {head[:16]!r}); save it as one of them")
    if not text.strip():
        raise InputError(f"{shown}: there is no line in the file; the first one must name the columns")
    if len(head) == HEAD_SIZE:  # the last line may be cut
        text = text[: text.rfind("\n") + 1] or text
    delimiter = max(_DELIMITERS, key=lambda candidate: _fitness(_lines(text, candidate)))
    lines = _lines(text, delimiter)
    position = next(number for number, line in enumerate(lines) if line)
    return CsvDialect(
        encoding=encoding,
        delimiter=delimiter,
        names=tuple(lines[position]),
        header_lines=position + 1,
        has_rows=any(lines[position + 1 :]),
    )


def _decoded(head: bytes) -> tuple[str, str]:
    if head.startswith(_UTF_16):
        return "utf-16", codecs.getincrementaldecoder("utf-16")().decode(head)
    try:
        return "utf-8", codecs.getincrementaldecoder("utf-8-sig")().decode(head)
    except UnicodeDecodeError:
        return "latin-1", head.decode("latin-1")


def _lines(text: str, delimiter: str) -> list[list[str]]:
    lines: list[list[str]] = []
    try:
        lines.extend(islice(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), _LINES))
    except csv.Error as error:  # a value that is too long for this reader; Arrow has the last word about it
        lines.append([str(error)])
    return lines


def _fitness(lines: list[list[str]]) -> tuple[float, int]:
    """Share of lines that have as many values as there are names; and how many these are."""
    widths = [len(line) for line in lines if line]
    if widths[0] == 1:
        return 0.0, 1
    return widths.count(widths[0]) / len(widths), widths[0]
