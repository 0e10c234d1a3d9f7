"""Catalog datasets of our own: tables written whole or not at all, date partitions, model artifacts."""
