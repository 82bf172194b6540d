"""The view of what a variational run has learned, and of where draws of a prior fall."""
