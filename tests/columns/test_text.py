"""One spelling for one thing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentation_model.columns import normalise_text


@pytest.mark.parametrize(
    ("raw", "normal"),
    [
        (" DOMESTICA", "domestica"),
        ("domestic ", "domestic"),
        ("Doméstica", "domestica"),
        ("Dome\u0301stica", "domestica"),
        ("DOMESTICA\u00a0 norte", "domestica norte"),
        ("Año\tNuevo", "ano nuevo"),
        ("STRASSE", "strasse"),
        ("straße", "strasse"),
        ("  ", ""),
    ],
)
def test_case_accents_and_spaces_are_folded(raw: str, normal: str) -> None:
    assert normalise_text(raw) == normal


@given(st.text())
def test_normal_text_stays_as_it_is(text: str) -> None:
    once = normalise_text(text)
    assert normalise_text(once) == once
