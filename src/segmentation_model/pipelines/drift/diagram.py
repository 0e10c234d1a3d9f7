"""The drift gate's decision as a diagram."""

from kedro.pipeline.preview_contract import MermaidPreview

from segmentation_model.diagram import flowchart, setting
from segmentation_model.drift.judgement.gate import EXIT_CODES, FailOnDrift, trip_level
from segmentation_model.drift.judgement.severity import SEVERITIES
from segmentation_model.pipelines.drift.params import GateSettings

_CHOICES: tuple[FailOnDrift, ...] = (False, True, "low", "moderate", "high")


def gate() -> MermaidPreview:
    """From the severities of the tariffs to a status, its exit code, and whether the run goes on."""
    levels = "<br/>".join(f"{str(choice).lower()}: {trip_level(choice) or 'never'}" for choice in _CHOICES)
    codes = {status: f"<b>{status}</b><br/>exit code {code}" for status, code in EXIT_CODES.items()}
    return flowchart(
        [
            'baseline{{"is there a baseline?"}}',
            f'baseline -->|no| skipped["{codes["skipped"]}"]',
            'baseline -->|yes| measured{{"could the drift be measured?"}}',
            f'measured -->|no| not_measured["{codes["not_measured"]}"]',
            f'measured -->|yes| severity{{{{"severity: {", ".join(SEVERITIES)}<br/>at or above the level?"}}}}',
            f'level["{setting(GateSettings, "fail_on_drift")}<br/>{levels}"] -.-> severity',
            f'severity -->|no| clean["{codes["clean"]}"]',
            f'severity -->|yes, in a tariff| tripped["{codes["tripped"]}"]',
            f'tripped --> on_trip{{{{"{setting(GateSettings, "on_trip")}"}}}}',
            'on_trip -->|stop| stop(["the run ends, with the reports written"])',
            'on_trip -->|record| go(["training and scoring go on"])',
            "skipped & not_measured & clean --> go",
        ]
    )
