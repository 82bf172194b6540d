"""The Latent page: a module or a folder for each view of a run's latent space, and `views` with all of them."""
