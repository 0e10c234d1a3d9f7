"""Drift of a current table against a frozen reference: pure functions and small result types.

| module | holds |
| --- | --- |
| ``settings`` | how a profile is built, and every bound of the severity rule and the verdict |
| ``severity`` | the four levels, the noise floor, what is detectable, the false discovery gate |
| ``binning`` | frozen bins of numbers and of categories, and counting against them |
| ``psi``, ``homogeneity``, ``kolmogorov_smirnov`` | one statistic each |
| ``binned_drift`` | what two rows of counts say about each other |
| ``column_values`` | what a table's column holds |
| ``column_profile``, ``profile`` | the frozen reference of a column, of a table |
| ``profile_file``, ``profile_table`` | its stored form: JSON and Parquet |
| ``prediction_reference``, ``prediction`` | the reference of a model's scores, and the prediction signals |
| ``column_drift``, ``verdict``, ``families`` | the judgement on a column, on a table; the roll-up of monthly columns |
| ``table_drift`` | a whole table against a profile |
| ``gate``, ``report``, ``summary``, ``page`` | what stops a run, and what people and machines read |

Nothing here knows a path, a catalog or a tracking server.
"""
