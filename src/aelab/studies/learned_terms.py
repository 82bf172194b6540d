"""What the numbers of `posterior` and `holes` mean, where a page or a report is to say it."""

from __future__ import annotations

from typing import Final

from aelab.errors import N_
from aelab.studies.posterior import ACTIVE_VARIANCE
from aelab.studies.terms import Term

POSTERIOR: Final = (
    Term(
        N_("KL divergence of a dimension, in nats"),
        N_(
            "How far what the encoder makes of an image is from the prior: 0 where it is the prior, whatever the "
            "image. A mean over test images. Neither low nor high is better: what is not used costs nothing and tells "
            "nothing."
        ),
        r"\mathrm{KL}_k = \frac{1}{N} \sum_{n} \tfrac{1}{2}"
        r"\left(\mu_{nk}^2 + \sigma_{nk}^2 - 1 - \ln \sigma_{nk}^2\right)",
        "Kingma and Welling 2014, appendix B. arXiv:1312.6114",
    ),
    Term(
        N_("Active units"),
        N_(
            "Dimensions of which the posterior mean varies over the images by more than 0.01; all the others give the "
            "decoder the same of every image, which is called posterior collapse."
        ),
        rf"A = \#\left\{{k : \mathrm{{Var}}_n\left(\mu_{{nk}}\right) > {ACTIVE_VARIANCE}\right\}}",
        "Burda, Grosse and Salakhutdinov 2016, section 5.2. arXiv:1509.00519",
    ),
    Term(
        N_("Aggregate posterior"),
        N_(
            "The posteriors of all images as one mixture: what the decoder is given in training. Images that are "
            "drawn from the prior are like the real ones only where the two are the same; a divergence of 0 is best."
        ),
        r"q(z) = \frac{1}{N} \sum_n q(z \mid x_n) \qquad \mathrm{KL}\left(q(z_k) \,\|\, \mathcal{N}(0, 1)\right)",
        "Makhzani et al. 2016. arXiv:1511.05644",
    ),
    Term(
        N_("Mutual information and marginal divergence"),
        N_(
            "The divergence of all dimensions in two parts: what a code tells of which image it belongs to, and how "
            "far all codes together are from the prior. Estimated with a draw from each of up to 1,000 posteriors; of "
            "N images, the first is at most ln N, so that it is too low, and the second too high, where it is near "
            "that."
        ),
        r"\frac{1}{N}\sum_n \mathrm{KL}\left(q(z|x_n) \,\|\, p(z)\right) = I_q(n; z) + "
        r"\mathrm{KL}\left(q(z) \,\|\, p(z)\right)",
        "Hoffman and Johnson 2016, NeurIPS workshop",
    ),
)
HOLES: Final = (
    Term(
        N_("Holes"),
        N_(
            "A draw of the prior is in a hole if it is farther from the nearest code of a training image than 99 of "
            "100 codes of test images are. About 1% means that draws are where codes are; lower is better. Of a "
            "variational run, a code is one draw of the posterior of an image."
        ),
        r"d(z) = \min_n \lVert z - z_n \rVert \qquad "
        r"\text{holes} = P_{z \sim p}\left(d(z) > Q_{0.99}\left[d(z_{\text{test}})\right]\right)",
        "Rezende and Viola 2018. arXiv:1810.00597",
    ),
    Term(
        N_("Pairs in which the draw is farther"),
        N_(
            "Of all pairs of a draw and a test image, in how many the draw is farther from a code: 50% where the two "
            "are alike. It shows what the share of holes cannot where some test images are far from every code "
            "themselves."
        ),
        r"P\left(d(z) > d(z_{\text{test}})\right) + \tfrac{1}{2} P\left(d(z) = d(z_{\text{test}})\right)",
        "Mann and Whitney 1947. doi:10.1214/aoms/1177730491",
    ),
)
