"""The business rules of the segments as a diagram."""

from kedro.pipeline.preview_contract import MermaidPreview

from segmentation_model.diagram import flowchart, setting
from segmentation_model.segments import SegmentRules


def segment_rules() -> MermaidPreview:
    """Which question decides a customer's category, in the order in which they are asked, and what makes a segment."""

    def said(name: str) -> str:
        return setting(SegmentRules, name)

    return flowchart(
        [
            'customer(["a customer of the month"]) --> overdue{{"overdue bill or balance?"}}',
            f'overdue -->|yes| debt["{said("overdue")}"]',
            f'overdue -->|no| tenure{{{{"{said("new_customer_months")}"}}}}',
            f'tenure -->|new| new["{said("new_customer")}"]',
            'tenure -->|not new, or not known| model{{"has the tariff a model?"}}',
            f'model -->|no| none["{said("not_scored")}"]',
            'model -->|yes| risk["risk category<br/>by the cut-offs frozen with the model"]',
            'debt & new & none & risk --> category(["category"])',
            f'category --> tariff{{{{"{said("tariffs")}"}}}}',
            f'tariff -->|Domestic| stratum["{said("strata")}<br/>{said("no_stratum")}"]',
            'stratum --> segment(["segment: tariff, stratum class, category"])',
            "tariff -->|Industrial| segment",
        ]
    )
