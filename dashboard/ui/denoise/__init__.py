"""The denoising laboratory: what a run does to a noise, on test images, on one image, against others and on one's own.

Each view is a module of its own; `views.py` lists them.
"""
