"""The monthly report: the one page that the collections team opens, and the words that its exports share."""
