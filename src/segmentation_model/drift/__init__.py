"""Drift of a current table against a frozen reference: pure functions and small result types.

Each room knows those above it only.

| room | holds |
| --- | --- |
| ``settings`` | how a profile is built, and every bound of the severity rule and the verdict |
| ``reference`` | what a column holds, frozen bins and grids, the profile of a table and its stored form, counting |
| ``statistics`` | one statistic a module |
| ``judgement`` | the severity rule; columns, prediction signals, families, the verdict on a table, the gate |
| ``reports`` | JSON, summary, text, tidy table |

Nothing here knows a path, a catalog or a tracking server.
"""
