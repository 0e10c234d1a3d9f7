"""How a CSV file becomes Parquet, in one line of pandas, for whoever gave one where Parquet is read."""

from pathlib import PurePosixPath

_SEPARATORS = (";", ",", "\t", "|")
#: Beginnings of JSON and of web pages, which hold commas as well.
_OTHER_TEXT = ("{", "[", "<")


def pandas_line(path: str, head: bytes) -> str | None:
    r"""The line that converts a file, its separator guessed from its beginning; None where that is no CSV.

    A semicolon goes with decimal commas: it parts values where the comma is taken.

    Args:
        path: The file; the line names it without its folder.
        head: Its first bytes.

    >>> pandas_line("raw/t.csv", b"ID;AMOUNT\n7;0,50")
    'pandas.read_csv("t.csv", sep=";", decimal=",", dtype={"<id column>": str}).to_parquet("t.parquet")'
    >>> pandas_line("raw/t.csv", b"ID,AMOUNT\n7,0.50")
    'pandas.read_csv("t.csv", dtype={"<id column>": str}).to_parquet("t.parquet")'
    >>> pandas_line("raw/t.parquet", b"PK\x03\x04,,,") is pandas_line("raw/t", b'{"a": 1, "b": 2}') is None
    True
    """
    first = head.decode("utf-8-sig", errors="ignore").partition("\n")[0].strip("\r")
    separator = max(_SEPARATORS, key=first.count)
    if separator not in first or first.startswith(_OTHER_TEXT) or not first.replace("\t", "").isprintable():
        return None
    how = {",": "", ";": 'sep=";", decimal=",", '}.get(separator, f'sep="{separator}", '.replace("\t", "\\t"))
    name = PurePosixPath(path).name
    parquet = f"{PurePosixPath(name).stem}.parquet"
    return f'pandas.read_csv("{name}", {how}dtype={{"<id column>": str}}).to_parquet("{parquet}")'
