"""The floor: the monthly job as one plain script, to tell what the structure of the real one costs.

pandas, XGBoost, scikit-learn and SciPy; no Kedro, no MLflow, nothing of the package. It makes the same features of the
same rows, puts the same customers into the same parts and trains with the same settings, so that trees and AUC can be
compared with the job's. It explains the two highest risk categories by XGBoost's own contributions; the job explains
everybody. Of the outputs it leaves out the intermediate layers, the figures, the leakage guard, the intervals, the
monthly windows, the sweep of the constraints, and whatever tells where a result came from.

    python bench/floor.py LABELLED.parquet CURRENT.parquet OUTPUT_FOLDER
"""

import hashlib
import json
import sys
import time
import unicodedata
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xgboost as xgb
from numpy.typing import NDArray
from scipy.special import expit
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, brier_score_loss, log_loss, roc_auc_score, roc_curve

Array = NDArray[Any]
Facts = dict[str, Any]

SEED = 42
DATES = ["Fecha_Vencimiento", "Fecha_Alta", "Fecha_Ultimo_Pago", "Fecha_Ultima_Lectura", "Fecha_Ultimo_Corte"]
DATES += ["Fecha_Ultima_Reconexion"]
TEXTS = ["Municipio", "Region", "Canal_Pago", "Canal_Envio", "Tipo_Medidor", "Giro", "Domiciliado", "Convenio"]
NUMBERS = ["Saldo_Vencido", "Facturas_Vencidas", "Deposito", "Capacidad_Contratada"]
FAMILIES = ["Importe_Factura", "Consumo_m3", "Importe_Pagado", "Dias_Mora", "Saldo", "Dias_Facturados"]
FAMILIES += ["Lectura_Estimada", "Recargos", "Ajustes"]
ARREARS = ["Saldo_Vencido", "Facturas_Vencidas"]  # with the days late: more of it never lowers the risk
MONTHS, PATTERN, WINDOWS = 24, 12, (3, 6, 12, 24)
TARIFFS = dict.fromkeys(["domestic", "domestica", "d"], "Domestic") | dict.fromkeys(["industrial", "i"], "Industrial")
PARTS, PART_BOUNDS, VALIDATION_SHARE = ("train", "calibration", "test"), (0.6, 0.8), 0.1
MOST_MISSING, MOST_CONSTANT, MOST_CATEGORIES = 0.99, 0.9995, 200
FEWEST_CASES, ISOTONIC_CASES = {"train": 30, "calibration": 10}, 1000
MOST_TREES, FEWEST_TREES, PATIENCE = 300, 50, 50
XGBOOST = {
    "objective": "binary:logistic", "eval_metric": "auc", "tree_method": "hist", "seed": SEED, "learning_rate": 0.05,
    "max_depth": 4, "min_child_weight": 10, "subsample": 0.8, "colsample_bytree": 0.6, "reg_lambda": 10,
}  # fmt: skip
REASONS = 5
QUANTILES, RISKS = (0.50, 0.80, 0.95), ["RB", "RM", "RA", "RMA"]
COSTS = {"missed": 5, "in_vain": 1}
LABELS = {
    "D": "Doméstica", "I": "Industrial", "B": "Bajo", "M": "Medio", "A": "Alto", "S": "Sin estrato",
    "RB": "Riesgo Bajo", "RM": "Riesgo Medio", "RA": "Riesgo Alto", "RMA": "Riesgo Muy Alto", "CN": "Cliente Nuevo",
    "NE": "No evaluable", "I1": "Incorriente 1", "I2": "Incorriente 2-3", "I4": "Incorriente 4+",
}  # fmt: skip


# -- Reading and cleaning


def fold_text(values: pd.Series) -> pd.Series:
    """Text without case, accents and superfluous spaces; only the distinct values are worked on."""
    codes, distinct = pd.factorize(values)
    texts = [f"{value:g}" if isinstance(value, float) else str(value) for value in distinct.tolist()]
    plain = ["".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c)) for text in texts]
    folded = np.array([*(" ".join(text.casefold().split()) or None for text in plain), None], dtype=object)
    return pd.Series(folded[codes], dtype="str")


def read_dates(values: pd.Series) -> tuple[Array, Array]:
    """Days, from dates or from text in either format; and which rows hold text in neither."""
    codes, distinct = pd.factorize(values)
    texts = pd.Series(distinct).astype("str")
    year_first, day_first = (pd.to_datetime(texts, format=f, errors="coerce") for f in ("%Y-%m-%d", "%d/%m/%Y"))
    days = np.append(year_first.fillna(day_first).to_numpy("datetime64[D]"), np.datetime64("NaT", "D"))[codes]
    return days, np.isnat(days) & (codes >= 0)


def days_between(days: Array, invoice: Array) -> Array:
    return np.where(np.isnat(days) | np.isnat(invoice), np.nan, (days - invoice).astype(np.float32))


def tenure_in_months(recorded: Array, start: Array, invoice: Array) -> Array:
    first, last = start.astype("datetime64[M]"), invoice.astype("datetime64[M]")
    months = (last - first).astype(np.float32) - ((invoice - last) < (start - first))
    computed = np.where(np.isnat(start) | np.isnat(invoice), np.nan, np.maximum(months, 0))
    return np.where(np.isnan(recorded), computed, recorded)


def prepare(path: str, *, labelled: bool) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Features, context and rejected rows of one raw table."""
    raw = pd.read_parquet(path)
    customer, tariff = raw["Id_Cliente"].str.strip(), fold_text(raw["Tarifa"]).map(TARIFFS)
    customer = customer.where(customer != "")
    dates = {name: read_dates(raw[name]) for name in ["Fecha_Factura", *DATES]}
    month = dates["Fecha_Factura"][0].astype("datetime64[M]").astype(np.int64) if labelled else 0
    faults = {
        "missing id": customer.isna().to_numpy(),
        "unreadable date": np.logical_or.reduce([unreadable for _, unreadable in dates.values()]),
        "unknown tariff": tariff.isna().to_numpy(),
        "duplicate": pd.DataFrame({"id": customer, "month": month}).duplicated().to_numpy(),
    }
    reason = np.select(list(faults.values()), list(faults), "")
    context = pd.DataFrame(
        {
            "customer_id": customer,
            "invoice_date": dates["Fecha_Factura"][0].astype("datetime64[s]"),
            "tariff": tariff,
            "stratum": raw["Estrato"],
            "tenure_months": tenure_in_months(
                raw["Cat_And"].to_numpy(np.float32), dates["Fecha_Alta"][0], dates["Fecha_Factura"][0]
            ),
            "overdue_invoices": raw["Facturas_Vencidas"],
            "overdue_balance": raw["Saldo_Vencido"].round(2),
            "invoice_amount": raw["Importe_Factura_01"].round(2),
            "target": raw["Incumple"],
        }
    )
    good = (reason == "") & (context["target"].notna().to_numpy() if labelled else True)
    rejected = context[["customer_id", "invoice_date", "tariff", "invoice_amount"]].assign(reason=reason)[reason != ""]
    context = context[good].reset_index(drop=True)
    days = {f"{name}_days": days_between(dates[name][0], dates["Fecha_Factura"][0])[good] for name in DATES}
    return build_features(raw[good], days, context), context, rejected


# -- Features


def build_features(raw: pd.DataFrame, days: dict[str, Array], context: pd.DataFrame) -> pd.DataFrame:
    """All candidate features, float32 and text."""
    columns = dict(days) | {"Estrato": context["stratum"], "Cat_And": context["tenure_months"]}
    columns |= {name: fold_text(raw[name]) for name in TEXTS[:-1]} | {name: raw[name].array for name in NUMBERS}
    columns |= {"Convenio": fold_text(raw["Convenio"]), "Quejas_12m": raw["Quejas_12m"].array}
    families = {
        family: np.stack([raw[f"{family}_{month:02d}"].to_numpy(np.float32) for month in range(1, MONTHS + 1)])
        for family in FAMILIES
    }
    for family, months in families.items():
        columns |= {f"{family}_{month:02d}": values for month, values in enumerate(months, start=1)}
    for family, months in families.items():
        columns |= family_features(family, months)
    both = ~np.isnan(families["Importe_Pagado"]) & ~np.isnan(families["Importe_Factura"])
    paid, due = (np.where(both, families[name], 0) for name in ("Importe_Pagado", "Importe_Factura"))
    for window in WINDOWS:
        columns[f"paid_share_{window}"] = ratio(sum_up(paid[:window]), sum_up(due[:window]))
    typed = {name: values if name in TEXTS else np.asarray(values, np.float32) for name, values in columns.items()}
    return pd.DataFrame(typed, copy=False)


def family_features(family: str, months: Array) -> dict[str, Array]:
    """Averages, spread, trend, and the last month against the usual one; months come first, the newest first.

    Days late give no spread, trend and last month: they do not go one way with every month.
    """
    there = ~np.isnan(months)
    filled = np.where(there, months, 0)
    sums = {window: sum_up(filled[:window]) for window in WINDOWS}
    counts = {window: sum_up(there[:window]) for window in WINDOWS}
    features = {f"{family}_mean_{window}": ratio(sums[window], counts[window]) for window in WINDOWS}
    if family == "Dias_Mora":
        late = months > 0
        features["Dias_Mora_max"] = np.fmax.reduce(months[:PATTERN])
        for window in WINDOWS:
            features[f"Dias_Mora_late_{window}"] = np.where(counts[window] > 0, sum_up(late[:window]), np.nan)
        since = np.where(late.any(axis=0), late.argmax(axis=0), MONTHS)
        features["Dias_Mora_since_late"] = np.where(counts[MONTHS] > 0, since, np.nan)
        return features
    total, count = sums[PATTERN], counts[PATTERN]
    # Time is 0 in the newest month and falls by 1; deviations add up to nothing, so it need not be centred twice.
    age = np.where(there[:PATTERN], -np.arange(PATTERN)[:, None], 0)
    deviation = np.where(there[:PATTERN], months[:PATTERN] - ratio(total, count), 0)
    features[f"{family}_spread"] = np.sqrt(ratio(sum_up(deviation * deviation), count - 1))
    squares = sum_up(age * age) - ratio(sum_up(age) ** 2, count)
    features[f"{family}_trend"] = ratio(sum_up(age * deviation), squares)
    features[f"{family}_last_to_usual"] = ratio(months[0], ratio(total - filled[0], count - there[0]))
    return features


def sum_up(months: Array) -> Array:
    total: Array = months.sum(axis=0, dtype=np.float64)
    return total


def ratio(above: Array, below: Array) -> Array:
    quotient = np.full(len(below), np.nan)
    np.divide(above, below, out=quotient, where=below > 0)
    return quotient


def choose_features(train: pd.DataFrame) -> list[str]:
    """Columns that carry something: not almost all missing, not constant, no copy, not too many categories."""
    chosen, seen = [], set()
    for name in train.columns:
        values, most_common = train[name], 0.0
        if values.isna().mean() > MOST_MISSING:
            continue
        if name in TEXTS:
            counts = values.value_counts()
            content = "|".join(values.fillna("-")).encode()
            most_common = counts.iloc[0] if len(counts) <= MOST_CATEGORIES else np.inf
        else:
            content = values.to_numpy().tobytes()
            most_common = (values == values.median()).sum()
        digest = hashlib.blake2b(content).digest()
        if most_common / len(train) <= MOST_CONSTANT and digest not in seen:
            chosen.append(name)
        seen.add(digest)
    return chosen


def hash_place(customers: pd.Series, purpose: str) -> Array:
    """A place in [0, 1) for every customer, by BLAKE2b of the id."""
    codes, distinct = pd.factorize(customers)
    key = f"{SEED}:{purpose}".encode()
    digests = b"".join(hashlib.blake2b(text.encode(), digest_size=8, key=key).digest() for text in distinct.tolist())
    return (np.frombuffer(digests, ">u8") / 2.0**64)[codes]


# -- Model


def fit_tariff(features: pd.DataFrame, context: pd.DataFrame, current: pd.DataFrame, folder: Path) -> Facts:
    """Train, calibrate, freeze, evaluate and write one tariff's model, and check its drift; None instead of a model."""
    part = np.searchsorted(PART_BOUNDS, hash_place(context["customer_id"], "part"), side="right")
    target = context["target"].to_numpy(np.float32)
    train, calibration = part == 0, part == 1
    cases = {name: int(target[part == index].sum()) for index, name in enumerate(PARTS)}
    chosen = choose_features(features[train]) if train.any() else []
    categories = {name: sorted(features[name][train].dropna().unique()) for name in chosen if name in TEXTS}
    features, current = (with_categories(table[chosen], categories) for table in (features, current))
    drift = {name: round(psi(features[name][train], current[name]), 6) for name in chosen}
    fitted: Facts = {"model": None, "drift": drift, "trees": None, "evaluation": {"status": "skipped", "cases": cases}}
    if not chosen or any(cases[name] < fewest for name, fewest in FEWEST_CASES.items()):
        return fitted
    validation = train & (hash_place(context["customer_id"], "validation") < VALIDATION_SHARE)
    began = time.time()
    booster = train_booster(features, target, train, validation)
    fitted["training_seconds"] = time.time() - began
    margin = predict(booster, features)
    calibrator = fit_calibration(margin[calibration], target[calibration])
    probability = apply_calibration(calibrator, margin)
    cutoffs = np.quantile(margin[calibration & (standing(context) == "")], QUANTILES)
    now = predict(booster, current)
    scored = {"margin": now, "probability": apply_calibration(calibrator, now), "cutoffs": cutoffs}
    scored["reasons"] = explain(booster, current, now > cutoffs[-2])
    drift["probability"] = round(psi(pd.Series(probability[calibration]), pd.Series(scored["probability"])), 6)
    evaluation: Facts = {"threshold": best_threshold(target[calibration], probability[calibration])}
    for index, name in enumerate(PARTS):
        rows = part == index
        evaluation[name] = measure(target[rows], margin[rows], probability[rows])
    model = {"features": chosen, "categories": categories, "calibrator": calibrator, "cutoffs": cutoffs.tolist()}
    folder.mkdir(parents=True)
    booster.save_model(folder / "model.ubj")
    write_json(folder / "model.json", model)
    predictions = context[["customer_id", "invoice_date", "target"]].assign(margin=margin, probability=probability)
    predictions.assign(part=np.array(PARTS)[part]).to_parquet(folder / "predictions.parquet")
    return fitted | {"model": scored, "trees": booster.num_boosted_rounds(), "evaluation": evaluation}


def with_categories(table: pd.DataFrame, categories: dict[str, list[str]]) -> pd.DataFrame:
    return table.assign(**{name: pd.Categorical(table[name], categories=known) for name, known in categories.items()})


def train_booster(features: pd.DataFrame, target: Array, train: Array, validation: Array) -> xgb.Booster:
    """Trees until the AUC of the validation slice no longer grows; the best one is the last."""
    learn = train & ~validation
    arrears = {name: 1 for name in features if name in ARREARS or name.startswith("Dias_Mora")}
    signs = {name: -sign if name == "Dias_Mora_since_late" else sign for name, sign in arrears.items()}
    settings = XGBOOST | {"monotone_constraints": signs}
    matrix = xgb.QuantileDMatrix(features[learn], target[learn], enable_categorical=True)
    if len(np.unique(target[validation])) < 2:
        return xgb.train(settings, matrix, MOST_TREES)
    check = xgb.QuantileDMatrix(features[validation], target[validation], ref=matrix, enable_categorical=True)
    stop = xgb.callback.EarlyStopping(rounds=PATIENCE, metric_name="auc", maximize=True)
    grown = xgb.train(settings, matrix, MOST_TREES, evals=[(check, "validation")], callbacks=[stop], verbose_eval=False)
    return grown[: min(max(grown.best_iteration + 1, FEWEST_TREES), grown.num_boosted_rounds())]


def predict(booster: xgb.Booster, features: pd.DataFrame) -> Array:
    return booster.inplace_predict(features, predict_type="margin").astype(np.float64)


def explain(booster: xgb.Booster, features: pd.DataFrame, rows: Array) -> Array:
    """The five features that contribute most to the margin, of some rows; the others have none."""
    reasons = np.full((len(features), REASONS), None, dtype=object)
    matrix = xgb.DMatrix(features[rows], enable_categorical=True)
    contributions = booster.predict(matrix, pred_contribs=True)[:, :-1]
    largest = np.argsort(-np.abs(contributions), axis=1)[:, :REASONS]
    reasons[rows] = features.columns.to_numpy()[largest]
    return reasons


def fit_calibration(margin: Array, target: Array) -> Facts:
    """How a margin becomes a probability: isotonic with many cases, else Platt's two parameters."""
    half = 0.5 / len(target)
    if min(target.sum(), len(target) - target.sum()) >= ISOTONIC_CASES:
        steps = IsotonicRegression(y_min=half, y_max=1 - half).fit(margin, target)
        return {"margins": steps.X_thresholds_.tolist(), "probabilities": steps.y_thresholds_.tolist()}
    platt = LogisticRegression(C=np.inf).fit(margin[:, None], target)
    return {"slope": float(platt.coef_[0, 0]), "intercept": float(platt.intercept_[0]), "half": half}


def apply_calibration(fitted: Facts, margin: Array) -> Array:
    if "margins" in fitted:
        return np.interp(margin, fitted["margins"], fitted["probabilities"])
    probability: Array = expit(fitted["slope"] * margin + fitted["intercept"])
    return np.clip(probability, fitted["half"], 1 - fitted["half"])


def measure(target: Array, margin: Array, probability: Array) -> Facts:
    """The metrics of one part; ranking on the margin, honesty on the probability."""
    if len(np.unique(target)) < 2:
        return {"rows": len(target)}
    auc, base_rate = float(roc_auc_score(target, margin)), float(target.mean())
    false_positives, true_positives, _ = roc_curve(target, margin)
    by_probability = np.array_split(np.argsort(probability, kind="stable"), 10)
    top = target[np.argsort(-margin, kind="stable")[: len(target) // 10]]
    return {
        "rows": len(target),
        "base_rate": base_rate,
        "roc_auc": auc,
        "gini": 2 * auc - 1,
        "ks": float((true_positives - false_positives).max()),
        "pr_auc": float(average_precision_score(target, margin)),
        "brier": float(brier_score_loss(target, probability)),
        "log_loss": float(log_loss(target, probability)),
        "ece": float(sum(abs((probability[rows] - target[rows]).sum()) for rows in by_probability) / len(target)),
        "capture_top_decile": float(top.sum() / target.sum()),
        "lift_top_decile": float(top.mean() / base_rate),
    }


def best_threshold(target: Array, probability: Array) -> float:
    """The probability from which treating a customer costs least."""
    order = np.argsort(probability, kind="stable")
    missed = np.concatenate(([0], np.cumsum(target[order])))
    in_vain = (1 - target).sum() - np.concatenate(([0], np.cumsum(1 - target[order])))
    return float(np.append(probability[order], 1)[(COSTS["missed"] * missed + COSTS["in_vain"] * in_vain).argmin()])


def psi(reference: pd.Series, current: pd.Series) -> float:
    """Population stability index over the reference's deciles, or its categories; missing is one bin more."""
    if isinstance(reference.dtype, pd.CategoricalDtype):
        bins = len(reference.cat.categories)
        positions = [side.cat.codes.to_numpy() for side in (reference, current)]
    else:
        edges = np.unique(np.nanquantile(reference, np.arange(1, 10) / 10))
        bins = len(edges) + 1
        positions = [np.where(side.isna(), -1, np.searchsorted(edges, side)) for side in (reference, current)]
    counts = [np.bincount(side + 1, minlength=bins + 1) for side in positions]
    before, now = (np.maximum(side / max(side.sum(), 1), 1e-4) for side in counts)
    return float(((now - before) * np.log(now / before)).sum())


# -- Segments and reports


def standing(context: pd.DataFrame) -> Array:
    """Category of who is overdue or new; empty where the score decides."""
    invoices, balance = context["overdue_invoices"].fillna(0), context["overdue_balance"]
    rules = [invoices >= 4, invoices >= 2, (invoices >= 1) | (balance > 0), context["tenure_months"] <= 12]
    return np.select(rules, ["I4", "I2", "I1", "CN"], "")


def segment(context: pd.DataFrame, fitted: dict[str, Facts]) -> pd.DataFrame:
    """One segment per customer."""
    margin, probability = np.full(len(context), np.nan), np.full(len(context), np.nan)
    category = np.full(len(context), "NE", dtype=object)
    reasons = np.full((len(context), REASONS), None, dtype=object)
    for tariff, results in fitted.items():
        if (model := results["model"]) is not None:
            rows = (context["tariff"] == tariff).to_numpy()
            margin[rows], probability[rows] = model["margin"], model["probability"]
            category[rows] = np.array(RISKS)[np.searchsorted(model["cutoffs"], model["margin"])]
            reasons[rows] = model["reasons"]
    known = standing(context)
    category = np.where(known != "", known, category)
    stratum = context["stratum"]
    classes = np.select([stratum.isin([1, 2]), stratum.isin([3, 4]), stratum.isin([5, 6])], ["B", "M", "A"], "S")
    industrial = (context["tariff"] == "Industrial").to_numpy()
    names = pd.DataFrame({"tariff": context["tariff"].str[0], "stratum": classes, "category": category})
    names["stratum"] = names["stratum"].mask(industrial)
    distinct = names.drop_duplicates()
    parts = [[part for part in row if isinstance(part, str)] for row in distinct.itertuples(index=False)]
    distinct = distinct.assign(
        segment_code=["-".join(row) for row in parts],
        segment_label=[" · ".join(LABELS[part] for part in row) for row in parts],
    )
    names = names.merge(distinct, how="left", on=["tariff", "stratum", "category"], validate="many_to_one")
    return context.drop(columns=["target", "stratum"]).assign(
        execution_date=context["invoice_date"].max().date().isoformat(),
        stratum_class=names["stratum"].map(LABELS),
        probability=probability,
        risk_category=names["category"].map(LABELS),
        segment_code=names["segment_code"],
        segment_label=names["segment_label"],
        expected_unpaid_amount=(probability * context["invoice_amount"]).round(2),
        **{f"reason_{place}": column for place, column in enumerate(reasons.T, start=1)},
    )


def benchmark(segments: pd.DataFrame) -> pd.DataFrame:
    """The same figures per segment, per tariff and for the portfolio."""
    tariffs = segments.assign(segment_code="All")
    levels = {"segment": segments, "tariff": tariffs, "portfolio": tariffs.assign(tariff="All")}
    figures = {
        level: rows.groupby(["tariff", "segment_code"]).agg(
            customers=("customer_id", "size"),
            invoice_amount_sum=("invoice_amount", "sum"),
            overdue_balance_sum=("overdue_balance", "sum"),
            probability_mean=("probability", "mean"),
            expected_unpaid_amount_sum=("expected_unpaid_amount", "sum"),
        )
        for level, rows in levels.items()
    }
    table = pd.concat(figures, names=["level"]).reset_index()
    table["share"] = table["customers"] / len(segments)
    portfolio = table.iloc[-1]
    for figure in ("invoice_amount_sum", "overdue_balance_sum", "probability_mean", "expected_unpaid_amount_sum"):
        table[f"{figure}_ratio"] = table[figure] / portfolio[figure]
    return table


def write_json(path: Path, content: Facts) -> None:
    path.write_text(json.dumps(content, indent=2), encoding="utf-8")


def main(labelled_path: str, current_path: str, output: Path) -> None:
    summary: Facts = {"work_began": time.time()}
    output.mkdir(parents=True)
    labelled, labelled_context, labelled_rejected = prepare(labelled_path, labelled=True)
    current, context, rejected = prepare(current_path, labelled=False)
    fitted = {}
    for tariff in ("Domestic", "Industrial"):
        rows, now = ((table["tariff"] == tariff).to_numpy() for table in (labelled_context, context))
        of_tariff = labelled_context[rows].reset_index(drop=True)
        fitted[tariff] = fit_tariff(labelled[rows].reset_index(drop=True), of_tariff, current[now], output / tariff)
        write_json(output / f"evaluation_{tariff.lower()}.json", fitted[tariff]["evaluation"])
    segments = segment(context, fitted)
    segments.to_parquet(output / "segments", partition_cols=["execution_date", "tariff"])
    rejected.to_parquet(output / "rejected.parquet")
    benchmark(segments).to_csv(output / "benchmark.csv", index=False)
    write_json(output / "drift.json", {tariff: results["drift"] for tariff, results in fitted.items()})
    summary |= {
        "trees": {tariff: results["trees"] for tariff, results in fitted.items()},
        "auc": {tariff: results["evaluation"].get("test", {}).get("roc_auc") for tariff, results in fitted.items()},
        "training_seconds": sum(results.get("training_seconds", 0) for results in fitted.values()),
        "labelled_rejected": len(labelled_rejected),
        "segmented": len(segments),
        "rejected": len(rejected),
    }
    write_json(output / "summary.json", summary)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
