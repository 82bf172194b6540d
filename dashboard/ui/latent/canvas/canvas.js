// The map of codes.  Streamlit calls this again whenever the page is drawn anew: the map stays, and takes what is new.

const RING = 12; // pixels around the pointer in which a point is meant
const NEIGHBOURS = 8; // whose codes are mixed where a projection has no inverse
const PATIENCE = 40; // milliseconds that the crosshair waits for the image, so that the screen changes once
const REST = 350; // milliseconds without moving, after which the server is asked, or a screen reader told

class LatentMap {
  constructor(root, tell) {
    this.root = root;
    this.part = name => root.querySelector(`.${name}`);
    this.camera = new Camera();
    this.cloud = new Cloud(this.part("points"));
    this.hidden = new Set();
    this.tool = "move";
    this.loaded = {};
    this.at = null; // the crosshair, on the sheet of the camera
    this.surface = this.part("over");
    this.hands = new Hands(this, this.surface);
    this.watch = new ResizeObserver(() => this.measure());
    this.watch.observe(this.part("plot"));
    this.part("points").addEventListener("webglcontextlost", () => !this.closed && tell.state("webgl", false));
    this.surface.addEventListener("focus", () => this.startDecoding());
    this.tell = tell;
  }

  // Take what Python gives; what has not changed is not fetched again.
  async update(data, tell) {
    [this.data, this.tell] = [data, tell];
    this.deep = data.points.dimensions === 3;
    this.say();
    const { places, ids } = data.points;
    const wanted = [places, ids, data.colours.values, data.chosen];
    const [flat, numbers, values, chosen] = await Promise.all(wanted.map(array));
    if (this.data !== data || this.closed) return; // something newer has come
    if (this.changed("places", places.url)) this.takePlaces(flat, numbers);
    if (this.changed("colours", JSON.stringify(data.colours))) this.takeColours(data.colours, values);
    if (this.changed("chosen", data.chosen?.url ?? "")) this.takeChosen(chosen);
    if (this.changed("thumbnails", data.thumbnails?.url ?? "")) await this.takeThumbnails(data.thumbnails);
    if (this.changed("tiles", data.decoder?.tiles?.url ?? "")) await this.takeTiles(data.decoder?.tiles);
    if (this.data !== data || this.closed) return this.moved(); // the newer has not waited for these pictures
    const { label, ...network } = data.decoder?.page ?? {}; // another class needs no other network
    if (this.changed("decoder", JSON.stringify(network))) this.takeDecoder();
    if (this.changed("label", label)) this.again();
    await this.takeAnswer();
    this.drawAll();
    this.root.dataset.drawn = String(Number(this.root.dataset.drawn ?? 0) + 1);
    if (data.decoder && !this.idle) this.idle = setTimeout(() => this.startDecoding(), 1000);
  }

  changed(name, value) {
    const before = this.loaded[name];
    this.loaded[name] = value;
    return before !== value;
  }

  takePlaces(flat, numbers) {
    const { count, dimensions } = this.data.points, places = new Float32Array(3 * count);
    const low = [0, 0, 0], high = [0, 0, 0];
    for (let axis = 0; axis < dimensions; axis++) {
      [low[axis], high[axis]] = [Infinity, -Infinity];
      for (let point = 0; point < count; point++) {
        const value = (places[3 * point + axis] = flat[dimensions * point + axis]);
        low[axis] = Math.min(low[axis], value);
        high[axis] = Math.max(high[axis], value);
      }
    }
    [this.places, this.ids, this.low, this.high] = [places, numbers, low, high];
    this.cloud.setPlaces(places, this.deep);
    this.loaded.chosen = null;
    this.measure();
    this.camera.fit(low, high, this.deep);
    this.at = this.deep ? [0, 0] : this.camera.centre.slice(0, 2);
    this.hovered = this.near = this.answer = null;
    this.hideTip();
    const image = this.part("image");
    image.width = image.width; // what was decoded on another map is none of this one's
    for (const name of ["where", "near", "far", "how"]) this.part(name).textContent = "";
    this.part("where").textContent = this.data.texts.begin;
  }

  takeColours(colours, values) {
    this.values = values;
    if (this.changed("meaning", `${colours.kind} ${colours.label}`)) this.hidden.clear();
    this.cloud.setShades((this.shades = shades(colours, values)));
    this.cloud.setPalette(tones(colours, this.hidden));
    this.drawLegend();
  }

  takeChosen(mask) {
    this.chosen = mask;
    this.cloud.setChosen(mask);
    this.drawLegend();
  }

  async takeThumbnails(named) {
    this.thumbnails = null; // those of another map belong to no point of this one
    const found = named && { ...named, picture: await picture(named.url) };
    if (this.loaded.thumbnails === (named?.url ?? "")) this.thumbnails = found; // else something newer has come
  }

  async takeTiles(named) {
    this.tiles = null;
    const found = named && { ...named, picture: await picture(named.url) };
    if (this.loaded.tiles === (named?.url ?? "")) this.tiles = found;
  }

  toggle(code) {
    if (code === undefined) this.hidden.clear();
    else if (!this.hidden.delete(code)) this.hidden.add(code);
    this.cloud.setPalette(tones(this.data.colours, this.hidden));
    this.drawLegend();
    this.moved();
  }

  drawLegend() {
    const unseen = countUnseen(this.shades, this.chosen, this.hidden), { colours, texts } = this.data;
    const notes = unseen ? [filled(texts.unseen, { count: unseen })] : [];
    drawLegend(this.part("legend"), colours, this.hidden, texts, notes, code => this.toggle(code));
  }

  // The window, or what the page gives of it, has another size.
  measure() {
    const { clientWidth: width, clientHeight: height } = this.part("plot");
    if (!width || !height) return;
    this.ratio = Math.min(devicePixelRatio || 1, 2);
    for (const name of ["ground", "points", "top"]) {
      const canvas = this.part(name);
      [canvas.width, canvas.height] = [Math.round(width * this.ratio), Math.round(height * this.ratio)];
    }
    this.camera.resize(width, height);
    this.moved();
  }

  look() {
    const style = getComputedStyle(this.root), named = name => style.getPropertyValue(`--st-${name}`).trim();
    return {
      text: named("text-color"), line: named("border-color"), ground: named("background-color"),
      accent: named("primary-color"), font: named("font") || "sans-serif",
    };
  }

  // Draw everything anew with the next picture of the screen.
  moved() {
    this.stale = true;
    this.ask();
  }

  ask() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      if (this.closed || !this.places) return;
      if (this.stale) this.drawAll();
      else this.drawCross();
    });
  }

  drawAll() {
    this.stale = false;
    const look = this.look(), { axes, points } = this.data;
    const ground = { axes, measured: points.measured, deep: this.deep, tiles: this.tiles };
    drawGround(this.part("ground"), this.camera, this.ratio, look, ground);
    this.cloud.draw(this.camera, this.ratio, rgb(look.text).map(value => value / 255));
    this.drawOver(look);
  }

  drawOver(look = this.look()) {
    const { star } = this.data.points, top = this.part("top");
    top.hidden = !(this.thumbnails || this.lasso || star); // what is not there need not be put on the screen
    const pen = prepared(top, this.ratio, this.camera.width, this.camera.height);
    if (this.thumbnails) drawThumbnails(pen, this.camera, this.thumbnails, this.places, point => this.colorOf(point));
    if (this.lasso) drawLasso(pen, this.lasso, look);
    if (star) drawStar(pen, this.camera.toScreen(...star), this.data.texts.star, look);
    this.drawCross();
  }

  // The crosshair moves with every move of the mouse: an element of its own costs less than a canvas drawn anew.
  drawCross() {
    clearTimeout(this.late);
    this.late = null;
    this.showTip();
    const cross = this.part("cross"), [x, y] = this.crosshair();
    cross.style.transform = `translate(${x}px, ${y}px)`;
    const ring = this.hovered == null ? [x, y] : this.placeOf(this.hovered);
    const circle = cross.lastElementChild;
    circle.style.display = this.hovered == null ? "none" : "";
    circle.setAttribute("cx", ring[0] - x);
    circle.setAttribute("cy", ring[1] - y);
  }

  placeOf(point) {
    return this.camera.toScreen(...this.places.subarray(3 * point, 3 * point + 3));
  }

  // The colour of a point, or nothing where its class is hidden.
  colorOf(point) {
    const code = this.shades[point], { palette, unknown } = this.data.colours;
    return this.hidden.has(code) ? null : (palette[code] ?? unknown);
  }

  crosshair() {
    const { camera } = this;
    if (this.deep) return this.hovered != null ? this.placeOf(this.hovered) : [camera.width / 2, camera.height / 2];
    return camera.toScreen(...this.at);
  }

  // A hand or a key points at a pixel.
  pointAt(place) {
    if (!this.places) return;
    this.startDecoding();
    if (!this.deep) this.at = this.camera.toSheet(...place);
    const near = this.nearest(place, this.mixes() ? NEIGHBOURS : 1);
    const close = near[0]?.apart < RING;
    this.hovered = close || (this.deep && near.length) ? near[0].point : null;
    this.tip = close ? { point: near[0].point, place } : null;
    this.near = near;
    this.decode();
    if (this.decoding?.busy) this.late ??= setTimeout(() => this.ask(), PATIENCE); // with the image, in one picture
    else this.ask();
    clearTimeout(this.rest);
    this.rest = setTimeout(() => this.rests(), REST);
  }

  mixes() {
    return !this.deep && Boolean(this.data.decoder) && !this.data.decoder.origin;
  }

  step(across, down) {
    const [left, top] = this.crosshair(), { width, height } = this.camera;
    const place = [Math.min(Math.max(left + across, 0), width), Math.min(Math.max(top + down, 0), height)];
    this.pointAt(place);
  }

  turn(across, down) {
    this.camera.orbit(across / 150, -down / 150);
    this.moved();
    this.pointAt([this.camera.width / 2, this.camera.height / 2]);
  }

  zoom(factor) {
    this.camera.zoom(factor, ...this.crosshair());
    this.moved();
  }

  reset() {
    this.camera.fit(this.low, this.high, this.deep);
    this.moved();
  }

  showLasso(corners) {
    if (!corners && !this.lasso) return;
    this.lasso = corners;
    this.drawOver();
  }

  // Ask Python for what lies in {corners} or nearest to a {place}.
  select({ corners, place }, adds) {
    const { right, up } = this.camera, add = Boolean(adds || this.adds);
    if (corners) {
      const polygon = corners.map(corner => this.camera.toSheet(...corner));
      this.tell.event("asked", { polygon, right, up, hidden: [...this.hidden], add });
    } else {
      const [near] = this.nearest(place, 1);
      if (near && near.apart < 2 * RING) this.tell.event("asked", { point: near.point, add });
    }
  }

  clear() {
    if (this.data.chosen) this.tell.event("asked", { clear: true });
  }

  close() {
    this.closed = true;
    this.watch.disconnect();
    clearTimeout(this.idle);
    this.decoding?.close();
    this.cloud.close();
  }
}

export default function ({ parentElement, data, setStateValue, setTriggerValue }) {
  const tell = { state: setStateValue, event: setTriggerValue };
  const root = parentElement.querySelector(".map");
  try {
    if (!globalThis.DecompressionStream) throw new Error("too old a browser");
    root.latent ??= new LatentMap(root, tell);
  } catch {
    setStateValue("webgl", false);
    return;
  }
  root.latent.update(data, tell).catch(error => console.warn(`The map could not be drawn: ${error.message}`));
  return () => setTimeout(() => root.isConnected || root.latent?.close());
}
