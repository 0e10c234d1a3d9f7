"""The command ``drift-check``: its options. What they lead to is imported when the command runs, not for ``--help``."""

from __future__ import annotations

import click

_INTERRUPTED = 130

_HELP = """Compare a table with a reference and say how much it drifted, per tariff.

The reference is a table, too, or what was saved of one: a profile, a model of 06_models (folder or .tar.gz), or a
folder of month=YYYY-MM profiles. Tables are Parquet or CSV: a file, a folder, or an s3 address.

\b
Examples:
  segmentation-model drift-check --output-path drift --execution-date 2026-07-31 \\
      --reference-path june.parquet --current-path july.parquet

  segmentation-model drift-check --output-path s3://reports/drift --execution-date 2026-07-31 \\
      --reference-path s3://models/06_models --current-path s3://raw/july/ --fail-on-drift=moderate

  segmentation-model drift-check --output-path drift --execution-date 2026-07-31 \\
      --reference-path june.csv --current-path july.csv --columns columns.yml --profile-path profiles/june


Exit codes:
  0  no drift at the level of --fail-on-drift; or skipped
  1  drift at that level or above
  2  what was typed is wrong
  3  it could not be measured
"""


@click.command(help=_HELP, context_settings={"max_content_width": 120})
@click.option("--reference-path", metavar="PATH", help='What to compare with; "" skips the check.')
@click.option("--current-path", metavar="PATH", help="The table to judge.")
@click.option("--output-path", metavar="DIR", help="Folder or address to write the reports to; made if needed.")
@click.option("--execution-date", metavar="DATE", help="Date of the run, such as 2026-07-31.")
@click.option(
    "--model-type",
    default="both",
    show_default=True,
    metavar="TARIFF",
    help="both, Domestic or Industrial. A table without a tariff is all Domestic unless one is named.",
)
@click.option(
    "--threshold", default="0.25", show_default=True, metavar="PSI", help="From which PSI on a column's drift is high."
)
@click.option(
    "--fail-on-drift",
    is_flag=False,
    flag_value="true",
    default="false",
    show_default=True,
    metavar="[LEVEL]",
    help="From which level on the exit code is 1: low, moderate, high, true (high) or false (never).",
)
@click.option("--columns", metavar="FILE.yml", help="Which column is what: a layout, or a project's parameters.")
@click.option("--profile-path", metavar="DIR", help="Also save the reference's profile here, for later months.")
@click.option("--endpoint-url", metavar="URL", help="Endpoint of an object store other than AWS.")
@click.option("--workers", metavar="N", help="Threads; default: the machine's processors, at most 4.")
@click.option("--json", "as_json", is_flag=True, help="Print drift_summary.json instead of a summary for people.")
@click.option("--quiet", is_flag=True, help="No progress, no summary; warnings and errors only.")
@click.pass_context
def drift_check(context: click.Context, /, *, as_json: bool, quiet: bool, **typed: str | None) -> None:
    """Run the check; the reports are written before it exits."""
    try:
        from segmentation_model.drift_check.check import run_check
        from segmentation_model.drift_check.options import TypedOptions
        from segmentation_model.drift_check.progress import Progress
        from segmentation_model.drift_check.terminal import log_lines, show

        with log_lines(quiet=quiet):
            finished = run_check(TypedOptions(**typed), Progress(quiet=quiet))
        show(finished, as_json=as_json, quiet=quiet)
    except KeyboardInterrupt:
        click.echo("Interrupted", err=True)
        context.exit(_INTERRUPTED)
    context.exit(finished.outcome.exit_code)
