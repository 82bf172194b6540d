import numpy as np
from PIL import Image
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
    # Made small again, each is the picture it came from.
    for image, original in zip(content.images[..., 0], digits.images, strict=True):
        small = np.asarray(Image.fromarray(image).resize((8, 8), Image.Resampling.BOX))
        assert np.corrcoef(small.ravel(), original.ravel())[0, 1] > 0.97
