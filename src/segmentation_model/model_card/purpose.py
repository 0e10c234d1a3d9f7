"""What the model is for, what it is not for, and which one it is."""

from __future__ import annotations

from segmentation_model.model_card.content import Section, named_values, table_of
from segmentation_model.model_card.facts import CardFacts
from segmentation_model.pages.wording import DASH


def purpose() -> Section:
    """Intended use, users, and what is out of scope."""
    rows = [
        ("It estimates", "With what probability a customer's bill stays unpaid."),
        ("Decides", "The risk category, and with it the segment, of customers who are neither overdue nor new."),
        ("Used by", "Collections, who treat the customers of a segment alike; reviewers of the model."),
        (
            "Not for",
            "Customers of another tariff; prices, supply cuts or any other decision on one person without a human's "
            "look; why a customer does not pay: a reason names what moved the score, not a cause.",
        ),
        (
            "Not decided by it",
            "Customers who are overdue or new have a score, but their segment comes from the business rules.",
        ),
        ("Valid", "While the month looks like the training rows; the drift check says whether it does."),
    ]
    kind = "An XGBoost classifier of boosted trees on tabular features, with a calibration and frozen cut-offs."
    table = table_of("Intended use", ("Use", "Statement"), rows, words=(1,))
    return Section("purpose", "Purpose", (kind,), tables=(table,))


def identity(facts: CardFacts) -> Section:
    """Which model this is, to be found again to the byte."""
    metadata = facts.model.metadata
    seed = facts.record.get("seed")
    values = {
        "Tariff": facts.tariff or DASH,
        "Model version": f"{facts.model.version} (a hash of its content)",
        "Status": metadata["status"],
        "Labelled data": f"hash {metadata['labelled']['hash']}",
        "Newest labelled month": facts.months[-1] if facts.months else DASH,
        "Seed": DASH if seed is None else str(seed),
        "Code": f"segmentation-model {metadata['code_version']}",
        "Libraries": ", ".join(f"{name} {version}" for name, version in sorted(metadata["libraries"].items())),
    }
    return Section("identity", "Identity", tables=(named_values("Which model this is", values),))
