"""Draws the pictures of README and docs: the result of `make run`, reports, a model card, Kedro-Viz.

Run it after `make run viz-build`, with Chromium installed: .venv/bin/python docs/figures.py
"""

import json
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure
from playwright.sync_api import Browser, Page, sync_playwright

PROJECT = Path(__file__).parents[1]
IMAGES = PROJECT / "docs" / "images"
#: Kedro-Viz greets with a tour, and opens with a list and a map beside the graph: here the graph has the window.
_GRAPH_ALONE = """localStorage.setItem("KedroViz", JSON.stringify(
    {showFeatureHints: false, theme: "light", visible: {sidebar: false, miniMap: false}}
))"""


def draw_result() -> None:
    """Shares of customers and of the expected unpaid amount per risk category, from BENCHMARK."""
    table = pd.read_csv(PROJECT / "data" / "08_reporting" / "benchmark.csv")
    segments = table[table["level"] == "segment"]
    category = segments["segment_label"].str.rsplit(" · ", n=1).str[-1]
    sums = segments.groupby(category)[["customers", "expected_unpaid_amount_sum"]].sum()
    risk = (sums["expected_unpaid_amount_sum"] / sums["customers"]).sort_values()
    shares = (sums / sums.sum()).loc[risk.index]
    figure = Figure(figsize=(8, 4.2), layout="constrained")
    axes = figure.subplots()
    places = range(len(shares))
    for offset, column, colour, label in (
        (0.2, "customers", "#9ecae1", "share of the customers"),
        (-0.2, "expected_unpaid_amount_sum", "#08519c", "share of the amount that will probably stay unpaid"),
    ):
        bars = axes.barh([place + offset for place in places], shares[column], 0.38, color=colour, label=label)
        axes.bar_label(bars, [f"{share:.0%}" if share >= 0.01 else "<1%" for share in shares[column]], padding=3)
    axes.set_yticks(places, shares.index)
    axes.xaxis.set_visible(False)
    axes.spines[["top", "right", "bottom"]].set_visible(False)
    figure.legend(frameon=False, loc="outside upper center", ncols=2)
    figure.savefig(IMAGES / "result.png", dpi=110)


def photograph_monthly_report() -> None:
    """The top of the monthly report of the default month, after two made-up months that were scored by its models."""
    data = PROJECT / "data"
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(data / "06_models", f"{folder}/06_models")
        for seed, rows, date in ((41, 19_100, "2026-05-26"), (43, 19_500, "2026-06-26")):
            _run("synthetic_data", f"root={folder},seed={seed},rows={rows}")
            _run("scoring", f"root={folder},model_source=run,execution_date={date}")
        _run("scoring", f"root={folder},model_source=run,current_path={data}/01_raw/current_customers.parquet")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
            page = browser.new_page(viewport={"width": 1320, "height": 1540})
            page.goto(f"file://{folder}/08_reporting/report.html")
            page.screenshot(path=IMAGES / "report.png")
            browser.close()


def _run(pipeline: str, params: str) -> None:
    command = [sys.executable, "-m", "kedro", "run", "--pipelines", pipeline, "--params", params]
    subprocess.run(command, cwd=PROJECT, check=True)  # noqa: S603


def photograph_drift_report() -> None:
    """The top of the HTML report on a month with planted faults: amounts, missing values, an unrolled window."""
    raw = PROJECT / "data" / "01_raw"
    earlier, month = (pd.read_parquet(raw / f"{name}_customers.parquet") for name in ("labelled", "current"))
    month["Importe_Factura_01"] *= 1.8
    month.loc[month.index % 4 == 0, "Capacidad_Contratada"] = None
    newest = earlier.sort_values("Fecha_Factura").drop_duplicates("Id_Cliente", keep="last").set_index("Id_Cliente")
    consumption = [name for name in month if name.startswith("Consumo_m3_")]
    known = month["Id_Cliente"].isin(newest.index)
    month.loc[known, consumption] = newest.loc[month.loc[known, "Id_Cliente"], consumption].to_numpy()
    with tempfile.TemporaryDirectory() as folder:
        month.to_parquet(f"{folder}/month.parquet")
        subprocess.run(  # noqa: S603
            [
                sys.executable, "-m", "segmentation_model", "drift-check", "--quiet", "--output-path", folder,
                "--reference-path", str(raw / "labelled_customers.parquet"), "--execution-date", "2026-07-31",
                "--current-path", f"{folder}/month.parquet",
                "--columns", str(PROJECT / "conf/base/parameters/columns.yml"),
            ],
            check=True,
        )  # fmt: skip
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
            page = browser.new_page(viewport={"width": 1280, "height": 1180})
            page.goto(f"file://{folder}/drift_report.html")
            page.screenshot(path=IMAGES / "drift.png")
            browser.close()


def photograph_model_card() -> None:
    """The top of the Domestic model's card and the weaknesses that it names; what lies between is left out."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1180, "height": 900})
        page.goto(f"file://{PROJECT}/data/08_reporting/model_card_domestic.html")
        others = "main > section:not(.verdict, #limits), footer"
        page.evaluate("others => document.querySelectorAll(others).forEach(part => part.remove())", others)
        page.screenshot(path=IMAGES / "model_card.png", full_page=True)
        browser.close()


def photograph_lineage() -> None:
    """The site of Kedro-Viz that a release has: the job, where a reviewer begins, a dataset's panel, a diagram."""
    with tempfile.TemporaryDirectory() as folder:
        site = Path(folder)
        shutil.unpack_archive(PROJECT / "dist" / "kedro-viz.tar.gz", site)
        with _served(site) as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
            _photograph_site(browser, site, address)
            browser.close()


def _photograph_site(browser: Browser, site: Path, address: str) -> None:
    graph = json.loads((site / "api" / "main").read_text())
    places = {node.get("full_name") or node["name"]: node["id"] for node in graph["nodes"]}

    def opened(query: str, width: int, height: int) -> Page:
        page = browser.new_page(viewport={"width": width, "height": height})
        page.set_default_timeout(60_000)
        page.add_init_script(_GRAPH_ALONE)
        page.goto(address + query)
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(3_000)  # the graph glides to its place
        return page

    opened("", 1500, 900).screenshot(path=IMAGES / "lineage.png")
    opened("review.html", 1500, 900).screenshot(path=IMAGES / "review_page.png")
    figures = places["evaluation_figures_domestic"]
    opened(f"?pid=__default__&sid={figures}", 1280, 820).screenshot(path=IMAGES / "review_preview.png")
    page = opened(f"?pid=__default__&sid={places['clustering.assign_segments']}", 1280, 900)
    page.get_by_text("Expand preview").click()
    page.wait_for_timeout(3_000)
    page.screenshot(path=IMAGES / "review_diagram.png")


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    handler = partial(SimpleHTTPRequestHandler, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


if __name__ == "__main__":
    IMAGES.mkdir(parents=True, exist_ok=True)
    draw_result()
    photograph_monthly_report()
    photograph_drift_report()
    photograph_model_card()
    photograph_lineage()
