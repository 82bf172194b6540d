"""What there is to see of a run's latent space: a line for each view, in the order of the choice."""

from __future__ import annotations

from aelab.errors import N_
from aelab.runs import Run
from aelab.studies import clusters as clusters_study
from aelab.studies import decoding, disentanglement, latent_map, posterior
from ui.latent import decode, factors, mapped
from ui.latent.beside import view as two
from ui.latent.clusters import view as clusters
from ui.latent.learned import view as learned
from ui.latent.walks import view as walks
from ui.room import View


def _encodes(run: Run) -> bool:
    """Return whether images have codes; without an encoder there is nothing to be mapped."""
    return run.encodes


VIEWS = {
    "map": View(N_("Map"), latent_map.SPEC.question, mapped.show, _encodes),
    "decode": View(N_("Decode"), decoding.SPEC.question, decode.show),
    "walks": View(N_("Walks"), walks.QUESTION, walks.show),
    "learned": View(N_("What it learned"), posterior.SPEC.question, learned.show, _encodes),
    "two": View(N_("Beside another run"), N_("Do two runs find the same images alike?"), two.show, _encodes),
    "clusters": View(N_("Clusters"), clusters_study.SPEC.question, clusters.show, _encodes),
    "factors": View(N_("Factors"), disentanglement.SPEC.question, factors.show, factors.fits),
}
