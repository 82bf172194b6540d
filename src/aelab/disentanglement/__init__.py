"""Does each number of a code stand for one cause of the images? Three scores by their papers, one a file."""

from aelab.disentanglement import dci, factor_vae, mig

#: What the scores are, in the order in which they are shown.
SCORES = (mig.MIG, *dci.SCORES, factor_vae.FACTOR_VAE)
