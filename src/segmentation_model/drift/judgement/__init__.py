"""From statistics to levels: a column, a prediction signal, a table, a run."""
