"""Opening any table: Parquet or CSV, one file or a folder of them, on disk or in an object store."""
