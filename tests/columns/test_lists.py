"""A short list may be written as a scalar, as text with commas, or as a list."""

import pytest
from pydantic import TypeAdapter, ValidationError

from segmentation_model.columns import CodeList, IntegerList, StringList

INTEGERS: TypeAdapter[tuple[int, ...]] = TypeAdapter(IntegerList)
CODES: TypeAdapter[tuple[str, ...]] = TypeAdapter(CodeList)
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


@pytest.mark.parametrize(
    ("written", "read"), [(1, ("1",)), ([1, 2.0, 2.5, "03"], ("1", "2", "2.5", "03")), ("A, B", ("A", "B"))]
)
def test_a_code_may_be_a_number(written: object, read: tuple[str, ...]) -> None:
    assert CODES.validate_python(written) == read


@pytest.mark.parametrize("written", [False, [False], ["SI", True]])
def test_a_code_that_yaml_takes_for_a_truth_value_has_to_be_quoted(written: object) -> None:
    with pytest.raises(ValidationError, match="write the value in quotes"):
        CODES.validate_python(written)
