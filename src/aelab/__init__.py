"""AE Lab: train, compare and explore autoencoders on images.

The way data flows, one direction, never back::

    datasets -> noise -> models -> training -> runs -> studies (+ metrics) -> reports -> dashboard

* `aelab.datasets` turns files into fixed arrays with one stored split.
* `aelab.noise` corrupts images, the same draw for everything that is compared;
  `aelab.filters` restore them without a network.
* `aelab.models` describes architectures; `aelab.training` fits them (TensorFlow, in workers only).
* `aelab.runs` keeps what a training left behind; `aelab.inference` runs its networks with ONNX Runtime.
* `aelab.studies` asks a run one question each, with the measures of `aelab.metrics`.
* `aelab.reports` writes the answers to files.

Slow work is a job (`aelab.jobs`), which a worker process does by one of the `aelab.tasks`.  The
dashboard and the `aelab` command sit on top and hold no numerics.
"""

__version__ = "0.1.0"
