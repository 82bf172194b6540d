import numpy as np
from sklearn.datasets import load_digits

from aelab.datasets.digits import load
from aelab.fields import Config


def test_the_digits_are_scikit_learns_with_full_contrast() -> None:
    content = load(Config(), [].append)
    digits = load_digits()
    np.testing.assert_array_equal(content.labels, digits.target)
    assert content.images.shape == (1797, 28, 28, 1)
    assert content.images.min(axis=(1, 2, 3)).max() == 0
    assert np.median(content.images.max(axis=(1, 2, 3))) == 255
    # Averaged down again, each is the small picture it came from.
    small = content.images[..., 0].reshape(-1, 7, 4, 7, 4).mean(axis=(2, 4)).reshape(1797, -1)
    original = digits.images[:, :7, :7].reshape(1797, -1)
    assert np.corrcoef(small.ravel(), original.ravel())[0, 1] > 0.7
