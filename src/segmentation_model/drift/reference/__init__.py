"""What a table looked like when it was frozen, without any of its rows; and counting another one against it."""
