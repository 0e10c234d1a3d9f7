"""The data behind the model: rows, parts, what was left out, and whether a column knew the outcome."""

from __future__ import annotations

from segmentation_model.model_card.content import Section, Table, named_values, table_of
from segmentation_model.model_card.facts import PARTS, CardFacts, leaves
from segmentation_model.pages.wording import DASH, name_of, number_words, plural, rows_words, sentence, share_words

MAX_LEFT_OUT = 40


def labelled_rows(facts: CardFacts) -> Section:
    """Rows, parts, months, and the features that carry nothing."""
    metadata = facts.model.metadata
    intake = metadata["labelled"]
    features = facts.model.features
    sentences = [
        f"Both tariffs' table has {plural(intake['rows'], 'row')}; {rows_words(intake['rejected'])} "
        f"({share_words(intake['rejected'], intake['rows'])}) were rejected as unusable. A row is a customer's invoice "
        "whose outcome is known.",
    ]
    if without := intake.get("without_outcome"):
        sentences.append(f"{plural(without, 'row')} without an outcome were left out.")
    values = {f"split.{name}": value for name, value in leaves(metadata["split"])}
    values |= {f"features.{name}": value for name, value in leaves(metadata["feature_settings"])}
    return Section(
        "data",
        "Data",
        tuple(sentences),
        facts=(
            ("Labelled rows of the tariff", rows_words(sum(part.rows for part in facts.parts.values()))),
            ("Invoice months", rows_words(len(facts.months)) if facts.months else DASH),
            ("Features", rows_words(len(features.names))),
            ("Columns left out", rows_words(len(features.left_out))),
        ),
        tables=(_parts(facts), *_left_out(facts), named_values("Settings of split and features", values)),
    )


def _parts(facts: CardFacts) -> Table:
    rows = []
    for name, use in PARTS.items():
        part = facts.parts[name]
        months = f"{part.months[0]} to {part.months[-1]}" if part.months else DASH
        rows.append(
            (name, use, rows_words(part.rows), rows_words(part.customers), rows_words(part.unpaid),
             share_words(part.unpaid, part.rows), months if len(part.months) != 1 else part.months[0])
        )  # fmt: skip
    columns = ("Part", "What it does", "Rows", "Customers", "Unpaid", "Base rate", "Months")
    return table_of("Parts", columns, rows, "A customer is in one part only.", words=(1, 6))


def _left_out(facts: CardFacts) -> tuple[Table, ...]:
    left_out = facts.model.features.left_out
    if not left_out:
        return ()
    rows = [(name_of(name).text, sentence(reason, 120)) for name, reason in list(left_out.items())[:MAX_LEFT_OUT]]
    more = len(left_out) - len(rows)
    note = f"{rows_words(more)} more: see metadata.json." if more else ""
    return (table_of("Columns left out of the features", ("Column", "Why"), rows, note, words=(1,)),)


def leakage(facts: CardFacts) -> Section:
    """What the guard looked at. A leak ends the run, so a card never has one."""
    found = facts.leakage
    if found["status"] != "checked":
        return Section("leakage", "Leakage guard", (f"Only dates were checked: {found['reason']}.",))
    rows = [
        (name_of(one["feature"]).text, facts.name(one["feature"]), number_words(one["auc"]))
        for one in found["strongest"]
    ]
    sentences: tuple[str, ...] = (
        f"No feature alone separates the outcome: none of {plural(found['features'], 'candidate')} has an AUC that is "
        f"certainly above {found['max_auc']:g}, and none copies it or is dated after the invoice too often.",
    )
    late = [name for name, dates in found["dates_after_invoice"].items() if dates["after"]]
    if late:
        sentences += (f"Some dates lie after the invoice, within the bound: {', '.join(map(str, late[:10]))}.",)
    table = table_of("Strongest single features", ("Feature", "Comes of", "AUC alone"), rows, words=(1,))
    return Section("leakage", "Leakage guard", sentences, tables=(table,) if rows else ())
