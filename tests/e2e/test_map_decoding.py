"""The browser decodes what Keras decodes: every family, and whatever place of a map is pointed at."""

from __future__ import annotations

import base64
import gzip
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from labs import TrainedLab
from playwright.sync_api import Browser, Page, expect

from aelab import inference, runs
from aelab.datasets import store
from aelab.models import models
from aelab.studies import latent_map
from aelab.studies.decoding import FAR, usual_distance
from browsing import Visitor
from serving import ROOT, Server

pytestmark = pytest.mark.browser

CLOSE = 1e-3
DECODING = [spec.name for spec in models if spec.decoder is not None]
[RUNTIME] = [path.name for path in (ROOT / "dashboard" / "static").glob("onnxruntime-web-*")]

#: What the map does to decode codes, without the map.
_ASK = """
async ({runtime, network, codes, length, labels, classes}) => {
  const worker = new Worker("/app/static/decoding.js", {type: "module"});
  const ask = message => new Promise((found, failed) => {
    worker.onmessage = ({data}) => data.error ? failed(new Error(data.error)) : found(data);
    worker.onerror = () => failed(new Error("the worker does not start"));
    worker.postMessage({id: "only", ...message});
  });
  const address = file => new URL(`/app/static/${runtime}/${file}`, location.href).href;
  await ask({prepare: {
    runtime: address("ort.wasm.bundle.min.mjs"), binary: address("ort-wasm-simd-threaded.wasm.gz"),
    network, codes, length,
  }});
  const images = [];
  for (let row = 0; row < labels.length; row++) {
    const answer = await ask({decode: {rows: [row], weights: [1], label: labels[row], classes}});
    images.push(Array.from(answer.image));
  }
  worker.terminate();
  return images;
}
"""


@pytest.fixture(scope="module")
def decoders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a small decoder of every family, and what Keras makes of some codes."""
    folder = tmp_path_factory.mktemp("decoders")
    path = os.pathsep.join([str(ROOT / "src"), str(ROOT / "tests")])
    done = subprocess.run(
        [sys.executable, str(Path(__file__).parent / "decoders.py"), str(folder)],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONPATH": path},
    )
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def server(
    serve: Callable[[Path], Server], trained_cvae_lab: TrainedLab, tmp_path_factory: pytest.TempPathFactory
) -> Server:
    return serve(trained_cvae_lab.copied_to(tmp_path_factory.mktemp("map") / "artifacts").folder)


@pytest.fixture
def tab(browser: Browser) -> Iterator[Page]:
    """Return a tab that shows no page of the dashboard."""
    page = browser.new_page()
    yield page
    page.close()


@pytest.fixture
def in_lab(server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the test itself see the lab of the server."""
    monkeypatch.setenv("AELAB_ARTIFACTS", str(server.artifacts))
    yield


def packed(content: bytes) -> str:
    """Return an address that holds a gzip file."""
    return "data:application/gzip;base64," + base64.b64encode(gzip.compress(content)).decode()


@pytest.mark.parametrize("family", DECODING)
def test_every_family_decodes_in_the_browser_as_in_keras(
    server: Server, decoders: Path, tab: Page, family: str
) -> None:
    with np.load(decoders / f"{family}.npz") as known:
        codes, labels, classes, expected = (known[name] for name in ("codes", "labels", "classes", "images"))
    tab.goto(f"{server.address}/_stcore/health")  # any page of the server: the worker is what is tested
    asked: dict[str, Any] = {
        "runtime": RUNTIME,
        "network": packed((decoders / f"{family}.onnx").read_bytes()),
        "codes": packed(codes.tobytes()),
        "length": codes.shape[1],
        "labels": labels.tolist(),
        "classes": int(classes),
    }
    images = np.array(tab.evaluate(_ASK, asked), np.float32).reshape(expected.shape)
    assert np.ptp(expected) > CLOSE, "a grey image would agree with any other"
    np.testing.assert_allclose(images, expected, atol=CLOSE)


def pointed(visitor: Visitor, x: float, y: float) -> dict[str, Any]:
    """Point at a place of the map, in shares of its width and height; return what the page has made of it."""
    area = visitor.map().locator(".over").bounding_box()
    assert area is not None
    visitor.page.mouse.move(area["x"] + x * area["width"], area["y"] + y * area["height"])
    return answer(visitor.page)


def answer(page: Page) -> dict[str, Any]:
    """Return what was decoded last, once nothing more is asked."""
    page.wait_for_timeout(300)
    found: dict[str, Any] = page.locator(".map").evaluate(
        """async map => {
          const {latent} = map;
          while (!latent.decoding?.ready || latent.decoding.busy || latent.frame || !latent.answer)
            await new Promise(done => setTimeout(done, 20));
          const {image, code, distance} = latent.answer;
          return {image: Array.from(image), code: Array.from(code), distance, at: latent.at};
        }"""
    )
    return found


#: Waits until a map has heard of another class: the page is drawn anew a little before.
_IS_TOLD = """
async (map, label) => {
  while (map.latent.loaded.label !== label) await new Promise(done => setTimeout(done, 20));
}
"""


@pytest.mark.usefixtures("in_lab")
@pytest.mark.parametrize("model", ["vae", "conv_ae", "pca", "cvae"])
def test_a_place_that_is_pointed_at_is_decoded_as_on_the_server(
    server: Server, trained_cvae_lab: TrainedLab, visit: Callable[..., Visitor], model: str
) -> None:
    run = runs.find(trained_cvae_lab.runs[model])
    networks = inference.load(run)
    found = latent_map.run(networks, store.open_dataset("digits"), latent_map.Config())
    mean = found.codes.mean(axis=0, dtype=np.float64)
    axes, *_ = np.linalg.lstsq(found.coordinates, found.codes - mean, rcond=None)
    visitor = visit(server)
    visitor.open("latent", run=run.id)
    label = None
    if networks.classes:
        visitor.choose("Class", "7")
        label = 7
        visitor.map().evaluate(_IS_TOLD, label)
    for place in ((0.4, 0.5), (0.6, 0.55), (0.97, 0.03)):
        seen = pointed(visitor, *place)
        code = np.array(seen["code"], np.float32)
        np.testing.assert_allclose(code, mean + np.array(seen["at"]) @ axes, atol=1e-3)
        image = networks.decode(code[None], label)[0]
        shown = np.clip(np.array(seen["image"]), 0, 1).reshape(image.shape)
        np.testing.assert_allclose(shown, image, atol=CLOSE)
        nearest = np.linalg.norm(found.codes - code, axis=1).min()
        assert seen["distance"] == pytest.approx(nearest, rel=1e-3)
        far = nearest > FAR * usual_distance(found.codes)
        expect(visitor.map().locator(".far")).to_contain_text("made up" if far else "Near real codes")
    if networks.classes:
        expect(visitor.map().locator(".how")).to_contain_text("7")
    ours = (server.address, server.address.replace("http", "ws"), "data:", "blob:")
    assert [url for url in visitor.requested if not url.startswith(ours)] == []


def test_without_an_inverse_a_mean_of_the_neighbours_is_decoded_and_called_a_guess(
    server: Server, trained_cvae_lab: TrainedLab, visit: Callable[..., Visitor]
) -> None:
    visitor = visit(server)
    visitor.open("latent", run=trained_cvae_lab.runs["conv_ae"])
    visitor.press("t-SNE", "radio")
    expect(visitor.main.get_by_text("divergence reached")).to_be_visible()
    pointed(visitor, 0.5, 0.5)
    expect(visitor.map().locator(".how")).to_contain_text("a guess")


def test_a_browser_that_cannot_decode_is_answered_by_the_server(
    server: Server, trained_cvae_lab: TrainedLab, visit: Callable[..., Visitor]
) -> None:
    visitor = visit(server)
    visitor.page.add_init_script("delete globalThis.WebAssembly")
    visitor.open("latent", run=trained_cvae_lab.runs["vae"])
    area = visitor.map().locator(".over").bounding_box()
    assert area is not None
    visitor.page.mouse.move(area["x"] + 0.5 * area["width"], area["y"] + 0.5 * area["height"])
    visitor.settle()
    visitor.page.wait_for_function("map => map.latent.tiles", arg=visitor.map().element_handle())
    place = [0.6 * area["width"], 0.5 * area["height"]]  # pointed at within the page: the tile stands for 350 ms only
    at_once = visitor.map().evaluate("({latent}, at) => (latent.pointAt(at), latent.part('how').textContent)", place)
    assert "server has decoded" in at_once
    expect(visitor.map().locator(".near")).to_contain_text("Nearest real code")  # once the server has answered


def test_a_decoder_that_is_too_slow_for_the_page_leaves_it_the_others(
    server: Server, trained_cvae_lab: TrainedLab, visit: Callable[..., Visitor]
) -> None:
    slow, quick = trained_cvae_lab.runs["conv_ae"], trained_cvae_lab.runs["pca"]
    visitor = visit(server)
    visitor.open("latent", run=slow)
    pointed(visitor, 0.5, 0.5)
    for _ in range(5):
        visitor.map().evaluate("({latent}) => latent.showDecoded({...latent.answer, milliseconds: 1000}, latent.at)")
    expect(visitor.map()).to_have_attribute("data-decoder", "server")
    visitor.settle()
    assert visitor.map().evaluate("({latent}) => latent.data.decoder.page") is None
    visitor.choose("Run", quick)
    pointed(visitor, 0.4, 0.4)
    expect(visitor.map()).to_have_attribute("data-decoder", "ready")
    visitor.choose("Run", slow)
    assert visitor.map().evaluate("({latent}) => latent.data.decoder.page") is None
