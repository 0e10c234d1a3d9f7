"""Table contracts, named in the catalog under ``validator``: what a table promises to whoever reads it."""
