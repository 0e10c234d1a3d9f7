"""A table of every date, of which only what is asked for is read."""

import pandas as pd
import pytest

from segmentation_model.datasets.date_history import DateHistoryDataset
from segmentation_model.datasets.table import TableFileError

JUNE, JULY = "2026-06-28", "2026-07-26"


def rows(*ids: str) -> pd.DataFrame:
    return pd.DataFrame({"customer_id": pd.array(ids, dtype="str"), "amount": 1.5, "other": 7})


@pytest.fixture
def history(place: str) -> DateHistoryDataset:
    found = DateHistoryDataset(filepath=f"{place}/history")
    found.save({JULY: rows("C1", "C2")})
    found.save({JUNE: rows("C3")})
    return found


def test_dates_come_oldest_first_with_their_rows(history: DateHistoryDataset):
    found = history.load()
    assert list(found) == [JUNE, JULY]
    assert found[JULY].read()["customer_id"].tolist() == ["C1", "C2"]
    assert found[JUNE].select(["amount"]).read().columns.tolist() == ["amount"]


def test_a_date_is_replaced_whole(history: DateHistoryDataset):
    history.save({JULY: rows("C9")})
    found = history.load()
    assert found[JULY].read()["customer_id"].tolist() == ["C9"]
    assert found[JUNE].read()["customer_id"].tolist() == ["C3"]


def test_another_date_that_is_damaged_is_not_looked_at(tmp_path):
    history = DateHistoryDataset(filepath=str(tmp_path / "history"))
    for date in (JUNE, JULY):
        history.save({date: rows("C1")})
    next((tmp_path / "history" / f"execution_date={JUNE}").iterdir()).write_bytes(b"no table")
    found = history.load()
    assert len(found[JULY].read()) == 1
    with pytest.raises(TableFileError, match="history"):
        found[JUNE].read()


def test_nothing_saved_is_an_error(tmp_path):
    with pytest.raises(TableFileError, match="there is no such folder"):
        DateHistoryDataset(filepath=str(tmp_path / "history")).load()


def test_the_preview_is_of_the_newest_date(history: DateHistoryDataset):
    assert history.preview()["data"][0][0] == "C1"
