"""What the catalog says of MLflow."""

import pytest
from kedro.io import DataCatalog
from kedro_datasets.json import JSONDataset

from segmentation_model.errors import ConfigurationError
from segmentation_model.tracking.entries import Entry, place_of, tracked_entry


def entry(name: str, place: str, mlflow: object) -> Entry | None:
    dataset = JSONDataset(filepath=f"/data/{place}", metadata={"mlflow": mlflow})
    return tracked_entry(DataCatalog({name: dataset}), name)


@pytest.mark.parametrize(
    ("name", "place", "said", "expected"),
    [
        (
            "promotion_domestic", "08_reporting/promotion_domestic.json", ["metrics", "artifact"],
            Entry("Domestic", "promotion", None, "/data/08_reporting/promotion_domestic.json"),
        ),
        (
            "figures_industrial", "08_reporting/figures/industrial", ["artifact"],
            Entry("Industrial", None, None, "/data/08_reporting/figures/industrial"),
        ),
        ("drift", "08_reporting/drift.json", {"metrics": "d"}, Entry(None, "d", None, None)),
        ("summary", "elsewhere/s.json", {"metrics": "", "only": ["rows"], "artifact": True},
         Entry(None, "", ("rows",), "/data/elsewhere/s.json")),
    ],
)  # fmt: skip
def test_both_tariffs_have_the_same_names(name, place, said, expected):
    assert entry(name, place, said) == expected


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/data/08_reporting/promotion_domestic.json", "promotion.json"),
        ("/data/08_reporting/figures/industrial/roc_curve_industrial.png", "figures/roc_curve.png"),
        ("bucket/root/08_reporting/figures/roc_curve_industrial.png", "figures/roc_curve.png"),
        ("elsewhere/s.json", "s.json"),
    ],
)
def test_files_lie_as_below_their_layer_without_the_tariff(path, place):
    assert place_of(path) == place


def test_an_entry_that_says_nothing_is_not_tracked():
    assert entry("summary", "s.json", None) is None
    assert tracked_entry(DataCatalog({}), "nowhere") is None


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        (["metric"], "catalog: summary: metadata.mlflow: metric: unknown key; allowed here: artifact, metrics, only"),
        ({"artifact": "figures"}, r"metadata.mlflow: artifact: Input should be a valid boolean \(given: 'figures'\)"),
    ],
)
def test_what_there_is_not_is_refused(said, fault):
    with pytest.raises(ConfigurationError, match=fault):
        entry("summary", "s.json", said)
