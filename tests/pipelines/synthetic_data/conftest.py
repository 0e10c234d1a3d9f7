"""Tables that several tests look at, made once."""

import pyarrow as pa
import pytest

from tests.pipelines.synthetic_data.raw_tables import DRIFT, RawTables, make_tables


@pytest.fixture(scope="session")
def clean() -> RawTables:
    """One block of customers and a bit, no unusable rows, no drift."""
    return make_tables(rows=9_000, unusable_share=0)


@pytest.fixture(scope="session")
def drifted() -> RawTables:
    """The same customers with a drifting current month."""
    return make_tables(rows=9_000, unusable_share=0, drift=DRIFT)


@pytest.fixture(scope="session")
def dirty() -> RawTables:
    """The same customers with 2 % unusable rows."""
    return make_tables(rows=9_000, unusable_share=0.02)


@pytest.fixture(scope="session")
def labelled(clean: RawTables) -> pa.Table:
    return clean.labelled


@pytest.fixture(scope="session")
def current(clean: RawTables) -> pa.Table:
    return clean.current
