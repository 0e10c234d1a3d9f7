"""``segmentation-model drift-check``: the drift of any two tables, or of a table against what was saved of another.

No Kedro project is needed, and none of Kedro, MLflow and XGBoost is imported; a model as reference needs the last one.
The rules are those of ``segmentation_model.drift``, which the pipeline uses, too.

| module | holds |
| --- | --- |
| ``command`` | the options, and what the terminal shows; imports nothing heavy |
| ``options``, ``columns_file`` | what was typed, read and checked |
| ``addresses``, ``reading_errors`` | places on disk and elsewhere, and what can go wrong there, in words |
| ``tables`` | any table, read whole or batch by batch |
| ``saved_reference`` | profiles and models as reference, and profiles to keep |
| ``named_columns`` | columns of the file that neither side has |
| ``table_roles``, ``tariffs`` | which columns are compared, and rows by tariff |
| ``in_memory``, ``batches`` | the two ways of computing; ``sides`` and ``findings`` are what they share |
| ``monthly_columns`` | the windows of the monthly families |
| ``check`` | from options to an outcome, whatever happens |
| ``report_files`` | what is written in every case |

Exit codes, which are also ``exit_code`` in ``drift_summary.json``:

* 0 ``clean``: measured, and under the level of ``--fail-on-drift``.
* 0 ``skipped``: ``--reference-path ""``.
* 1 ``tripped``: measured, and at that level or above.
* 2 ``error``: what was typed is wrong. An option; a key of the columns file, or a column of it that neither side has;
  a path where nothing is; a place that cannot be written to; a tariff that has to be named.
* 3 ``not_measured``: what it names cannot be measured. No access (credentials, permission, bucket, network); no table,
  or a damaged one; a profile that is damaged or of another schema version; no rows; no column in common; too few rows.
  Also what nobody foresaw, with its traceback: 1 would say that the gate tripped.
* 130: interrupted with Ctrl-C; nothing is written.

The reports are written for 0 to 3, before anything stops. Only where the place to write to is missing or cannot be
written, there is but a message, and code 2.
"""
