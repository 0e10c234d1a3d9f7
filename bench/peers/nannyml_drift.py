"""NannyML's univariate drift; METHOD is ``default`` (Jensen-Shannon), ``tests`` (KS and chi-squared) or ``whole``.

It cuts both tables into ten chunks, learns the limits from those of the reference and checks each of the current one.
``whole`` is ``tests`` in one chunk each: the least work that it can be given, but then there is no limit to learn.
"""

import nannyml
import pandas as pd
from comparison import Finding, main

TESTS = {"continuous_methods": ["kolmogorov_smirnov"], "categorical_methods": ["chi2"]}
METHODS = {"default": {}, "tests": TESTS, "whole": {**TESTS, "chunk_number": 1}}


def compare(reference: pd.DataFrame, current: pd.DataFrame, method: str) -> dict[str, Finding]:
    calculator = nannyml.UnivariateDriftCalculator(column_names=list(reference), **METHODS[method])
    chunks = calculator.fit(reference).calculate(current).filter(period="analysis").to_df()
    methods = [(column, name) for column, name in chunks.columns.droplevel(2).unique() if column != "chunk"]
    return {column: finding(name, chunks[column, name]) for column, name in methods}


def finding(method: str, chunks: pd.DataFrame) -> Finding:
    alerts = chunks["alert"].astype(bool)
    return Finding(
        method=method,
        value=float(chunks["value"].median()),
        alerts=float(alerts.mean()),
        verdict=f"{alerts.sum()} of {len(alerts)} chunks",
    )


if __name__ == "__main__":
    main(compare)
