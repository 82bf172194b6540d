"""Results as files that others can read."""
