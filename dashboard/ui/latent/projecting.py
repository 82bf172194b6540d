"""How the codes of a run are projected and coloured: what the visitor chooses, and the map that it gives."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from aelab.datasets.store import Dataset
from aelab.errors import N_, LabError
from aelab.inference import Inference
from aelab.jobs import folder
from aelab.pixels import Images
from aelab.projections import projections
from aelab.projections.spec import Floats, ProjectionSpec
from aelab.runs import Run
from aelab.studies import colouring, latent_map
from aelab.studies.colouring import FACTOR, Colouring
from aelab.studies.latent_map import Config, LatentMap
from aelab.tasks import colour_map
from aelab.tasks import latent_map as task
from ui import address, caches, standing, visitor
from ui.forms import config_form
from ui.i18n import say, t
from ui.labels import class_names, factor_name
from ui.latent import caches_maps
from ui.waiting import is_done, wait_for

_USUAL = "pca"
_AXES = ("x", "y", "z")
_IMAGES = {"part", "limit"}
_TITLES = {
    "test": N_("{method} of the codes of N = {count} test images"),
    "train": N_("{method} of the codes of N = {count} training images"),
    "validation": N_("{method} of the codes of N = {count} validation images"),
    "all": N_("{method} of the codes of N = {count} images of all parts"),
}


def ask(networks: Inference, data: Dataset) -> Config:
    """Draw the choice of a projection and of the images, as the address or an earlier visit has it."""
    options = {spec.name: _offered(spec) for spec in projections}
    method = standing.pills(t("Projection"), options, "latent.method", "method", _USUAL)
    st.caption(t(projections[method].summary))
    possible = [2, 3] if networks.latent_dim > 2 else [2]
    standing.begin("latent.dimensions", "dimensions", possible, 2, int)
    dimensions = st.segmented_control(
        t("Dimensions"), possible, required=True, key="latent.dimensions", persist_state="session"
    )
    usual = latent_map.usual(method, latent_map.count_on(data, Config()))
    begin = address.with_asked(usual, address.asked_at_first("latent"))
    begin = replace(begin, method=method)
    numbers = _ask_numbers(networks.latent_dim, dimensions, begin) if method == "raw" else {}
    images = config_form(Config, "latent", usual=begin, without=tuple(set(Config.names()) - _IMAGES))
    drawn = {"method", "dimensions", *_AXES, *_IMAGES}
    settings = config_form(Config, "latent", usual=begin, without=tuple(drawn))
    config = Config.parse({"method": method, "dimensions": dimensions, **numbers, **images, **settings})
    chosen = {name: value for name, value in config.asked().items() if value != getattr(usual, name)}
    address.keep(chosen, set(Config.names()) - {"method"})
    return config


def _offered(spec: ProjectionSpec) -> str:
    """Return what a projection is called, and whether it can be had."""
    return t("{method} (not installed)", method=t(spec.label)) if spec.missing() else t(spec.label)


def _ask_numbers(latent_dim: int, dimensions: int, begin: Config) -> dict[str, int]:
    """Draw the choice of which numbers of the codes are drawn."""
    if latent_dim <= dimensions:
        return {}
    return {
        name: int(
            st.number_input(
                t(Config.knob(name).label),
                1,
                latent_dim,
                min(getattr(begin, name), latent_dim),
                help=t(Config.knob(name).help),
                key=f"latent.{name}.{latent_dim}",
            )
        )
        for name in _AXES[:dimensions]
    }


def find(run: Run, config: Config) -> LatentMap:
    """Return the map: at once where it takes no time, by a job else. Draws no more of the page where there is none."""
    try:
        latent_map.check_installed(config)
        latent_map.check_count(latent_map.count_on(caches.images_of(run), config), config)
    except LabError as error:
        st.warning(say(error), icon=":material/info:")
        st.stop()
    if latent_map.is_quick(caches.images_of(run), config):
        return caches_maps.quick_map(run, config)
    job = folder.find(task.job_id(run, config)) or task.submit(run.id, config, owner=visitor.owner())
    wait_for(job, t("{method} of the codes", method=t(projections[config.method].label)))
    return caches_maps.finished_map(job, run)


def title(found: LatentMap, config: Config) -> str:
    """Return what a map is called, with how many images of which part."""
    drawn = (config.x, config.y, config.z)[: config.dimensions]
    method = t("Dimensions {numbers}", numbers=", ".join(map(str, drawn)))
    if config.method != "raw":
        method = t(projections[config.method].label)
    return t(_TITLES[config.part], method=method, count=len(found.indices))


def axes(found: LatentMap, config: Config) -> list[str]:
    """Return what the axes of a map are called."""
    return [_axis(number, found, config) for number in range(config.dimensions)]


def _axis(number: int, found: LatentMap, config: Config) -> str:
    if not found.explained_variance:
        return f"{projections[config.method].label} {number + 1}"
    percent = f"{100 * found.explained_variance[number]:.1f}"
    if config.method == "raw":
        return t("Dimension {number} ({percent}%)", number=getattr(config, _AXES[number]), percent=percent)
    return t("Component {number} ({percent}%)", number=number + 1, percent=percent)


def place(run: Run, config: Config, found: LatentMap, image: Images) -> Floats | None:
    """Return where a picture lies on a map, float32 (1, d); None where that takes too long to wait for."""
    if not projections[config.method].places_quickly:
        return None
    networks = caches.networks(run)
    labels = networks.closest_classes(image) if networks.classes else None
    return caches_maps.placed(run, config, found, networks.encode(image, labels))


def pick_colours(run: Run, found: LatentMap, config: Config) -> Colouring:
    """Draw the choice of what the points are coloured by; return it, with names as people read them.

    What is still being found out is replaced by the classes meanwhile.
    """
    data, networks = caches.images_of(run), caches.networks(run)
    offered = colouring.choices(networks, data)
    standing.begin("latent.colours", "colour", offered, next(iter(offered)), str)
    name = st.selectbox(
        t("Colour by"),
        list(offered),
        format_func=lambda each: _called(each, offered[each]),
        key="latent.colours",
        persist_state="session",
    )
    standing.keep("colour", name, next(iter(offered)))
    made = _coloured(run, found, config, name)
    st.caption(t(made.summary))
    if made.unknown:
        st.caption(t("Not known of {count} of N = {all} images.", count=made.unknown, all=len(found.indices)))
    return replace(
        made, label=_called(made.name, made.label), names=_named(made, data), unit=t(made.unit) if made.unit else ""
    )


def _called(name: str, label: str) -> str:
    """Return what people read."""
    return factor_name(label) if name.startswith(FACTOR) else t(label)


def _named(made: Colouring, data: Dataset) -> tuple[str, ...]:
    if made.name == "class":
        return tuple(class_names(data))
    if made.name == "cluster":
        return tuple(t("Cluster {number}", number=name) for name in made.names)
    return made.names if made.name.startswith(FACTOR) else tuple(t(name) for name in made.names)


def _coloured(run: Run, found: LatentMap, config: Config, name: str) -> Colouring:
    if not colouring.is_quick(name, found):
        job = folder.find(colour_map.job_id(run, config, name))
        job = job or colour_map.submit(run, config, name, owner=visitor.owner())
        if is_done(job, t("Colours of the map")):
            return caches_maps.finished_colours(job)
        name = "class"
    return caches_maps.coloured(run, config, name, found)
