"""The view of two runs beside each other: two maps with one selection, and what they share."""
