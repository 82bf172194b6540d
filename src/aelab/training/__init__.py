"""From a config to a trained network.

`config` and `estimate` are plain Python, for the server too; the other files need Keras and belong
to workers.
"""
