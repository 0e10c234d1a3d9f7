"""The drift report as one HTML page that works offline: sections, plots and tables within a budget of bytes."""
