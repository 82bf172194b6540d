"""Walks through a run's latent space: a module for each kind, and `view` that chooses among them."""
