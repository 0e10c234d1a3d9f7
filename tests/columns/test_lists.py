"""A short list may be written as a scalar, as text with commas, or as a list."""

import pytest
from pydantic import TypeAdapter, ValidationError

from segmentation_model.columns import IntegerList, StringList

INTEGERS: TypeAdapter[tuple[int, ...]] = TypeAdapter(IntegerList)
STRINGS: TypeAdapter[tuple[str, ...]] = TypeAdapter(StringList)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("12", (12,)),
        (12, (12,)),
        ("3, 6", (3, 6)),
        ("3,6,", (3, 6)),
        ([12, 24], (12, 24)),
        (["12", 24], (12, 24)),
        ((12,), (12,)),
        ("", ()),
        ([], ()),
    ],
)
def test_integers_are_read_alike_however_they_are_written(written: object, read: tuple[int, ...]) -> None:
    assert INTEGERS.validate_python(written) == read


@pytest.mark.parametrize(
    ("written", "read"),
    [("D", ("D",)), ("D, domestica ", ("D", "domestica")), (["a, b"], ("a, b",)), ([], ())],
)
def test_texts_are_split_at_commas_only_outside_a_list(written: object, read: tuple[str, ...]) -> None:
    assert STRINGS.validate_python(written) == read


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("3, six", "unable to parse string as an integer"),
        (3.5, "integer, got a number with a fractional part"),
        ([None], "Input should be a valid integer"),
        (True, "Input should be a valid tuple"),
        (None, "Input should be a valid tuple"),
        ({"a": 1}, "Input should be a valid tuple"),
    ],
)
def test_what_is_no_list_of_integers_is_refused(written: object, message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        INTEGERS.validate_python(written)


def test_a_number_is_no_text() -> None:
    with pytest.raises(ValidationError, match="Input should be a valid string"):
        STRINGS.validate_python([1])
