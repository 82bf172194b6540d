"""An architecture of the lab in PyTorch, layer by layer, from what the server knows of it."""

from __future__ import annotations

from collections.abc import Iterator

import torch

from aelab.models.spec import Shape
from aelab.models.tracing import LayerSummary, summarize
from aelab.training.config import Plan

_KERNEL = 3


def translated(plan: Plan, shape: Shape) -> torch.nn.Module:
    """Return an autoencoder for images (B, C, H, W) of `shape` (H, W, C) with the same layers, of the same sizes."""
    summary = summarize(plan.model, plan.model_config, shape)
    modules, given = [], shape
    rows = [*summary.encoder, *summary.decoder]
    for number, row in enumerate(rows):
        linear = row.shape == (plan.model_config.latent_dim,)
        modules += list(_modules(row, given, last=number == len(rows) - 1, linear=linear))
        given = row.shape
    network = torch.nn.Sequential(*modules)
    # Keras counts the moving mean and variance of batch normalisation among the parameters, PyTorch does not
    moving = sum(2 * row.shape[-1] for row in rows if row.kind == "BatchNormalization")
    assert sum(each.numel() for each in network.parameters()) == summary.parameters - moving
    return network


def _modules(row: LayerSummary, given: tuple[int, ...], *, last: bool, linear: bool) -> Iterator[torch.nn.Module]:
    channels, filters = given[-1], row.shape[-1]
    bias = row.parameters % (_KERNEL * _KERNEL * channels * filters) != 0
    match row.kind:
        case "Flatten":
            yield torch.nn.Flatten()
        case "Reshape":
            yield torch.nn.Unflatten(1, (row.shape[2], row.shape[0], row.shape[1]))
        case "Dense":
            yield torch.nn.Linear(channels, filters)
            if not last and not linear:
                yield torch.nn.ReLU()
        case "Conv2D":
            stride = -(-given[0] // row.shape[0])
            yield torch.nn.Conv2d(channels, filters, _KERNEL, stride, padding=1, bias=bias)
        case "Conv2DTranspose":
            stride = row.shape[0] // given[0]
            yield torch.nn.ConvTranspose2d(
                channels, filters, _KERNEL, stride, padding=1, output_padding=stride - 1, bias=bias
            )
        case "BatchNormalization":
            yield torch.nn.BatchNorm2d(filters)
        case "LeakyReLU":
            yield torch.nn.LeakyReLU(0.2)
        case _:
            raise NotImplementedError(row.kind)
    if last and row.kind != "Reshape":
        yield torch.nn.Sigmoid()
