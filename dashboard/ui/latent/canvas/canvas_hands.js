// Mouse, finger, pen and keyboard: what they do to a map.

const CLICK = 5; // pixels a hand may move and still have clicked
const STEP = 12; // pixels a key moves the crosshair

class Hands {
  constructor(map, surface) {
    this.map = map;
    this.surface = surface;
    this.pointers = new Map();
    for (const name of ["down", "move", "up", "cancel", "leave"]) {
      surface.addEventListener(`pointer${name}`, event => this[name](event, this.place(event)));
    }
    surface.addEventListener("wheel", event => this.wheel(event), { passive: false });
    surface.addEventListener("keydown", event => this.key(event));
    surface.addEventListener("contextmenu", event => this.map.deep && event.preventDefault());
  }

  place(event) {
    const box = this.surface.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  down(event, place) {
    if (event.button && !this.map.deep) return; // another than the first has its own menu
    this.surface.focus({ preventScroll: true });
    this.surface.setPointerCapture(event.pointerId);
    this.pointers.set(event.pointerId, place);
    this.begun = place;
    this.moved = false;
    this.lasso = this.map.tool === "lasso" && this.pointers.size === 1 ? [place] : null;
    if (this.map.tool === "decode") this.map.pointAt(place);
  }

  move(event, place) {
    const before = this.pointers.get(event.pointerId);
    if (!before) return event.pointerType !== "touch" && this.map.pointAt(place);
    this.moved ||= Math.hypot(place[0] - this.begun[0], place[1] - this.begun[1]) > CLICK;
    if (this.pointers.size > 1) this.pinch(event.pointerId, before, place);
    else if (this.lasso) this.map.showLasso((this.lasso = [...this.lasso, place]));
    else if (this.map.tool === "decode") this.map.pointAt(place);
    else if (this.moved) this.drag(event, before, place);
    this.pointers.set(event.pointerId, place);
  }

  drag(event, before, place) {
    const across = place[0] - before[0], down = place[1] - before[1];
    if (this.map.deep && !event.shiftKey && event.buttons !== 2) this.map.camera.orbit(across / 150, -down / 150);
    else this.map.camera.pan(across, down);
    this.map.moved();
  }

  pinch(id, before, place) {
    const [other] = [...this.pointers].filter(([each]) => each !== id).map(([, where]) => where);
    const apart = where => Math.hypot(where[0] - other[0], where[1] - other[1]);
    this.map.camera.zoom(apart(place) / Math.max(apart(before), 1), ...other);
    this.lasso = null;
    this.map.showLasso(null);
    this.moved = true;
    this.map.moved();
  }

  up(event, place) {
    if (!this.pointers.delete(event.pointerId) || this.pointers.size) return;
    if (event.pointerType !== "mouse") setTimeout(() => this.map.hideTip(), 1500); // a finger has gone without leaving
    const lasso = this.lasso;
    this.lasso = null;
    this.map.showLasso(null);
    if (lasso && this.moved && lasso.length > 2) this.map.select({ corners: lasso }, event.shiftKey);
    else if (!this.moved) {
      this.map.pointAt(place);
      if (this.map.tool !== "decode") this.map.select({ place }, event.shiftKey);
    }
  }

  cancel(event) {
    this.pointers.delete(event.pointerId);
    this.lasso = null;
    this.map.showLasso(null);
  }

  leave() {
    this.map.hideTip();
  }

  // The wheel scrolls the page past a map that nobody has turned to.
  wheel(event) {
    if (!event.ctrlKey && this.surface.getRootNode().activeElement !== this.surface) return;
    event.preventDefault();
    const pixels = event.deltaMode === 1 ? 16 * event.deltaY : event.deltaY;
    this.map.camera.zoom(Math.exp(-pixels / 400), ...this.place(event));
    this.map.moved();
  }

  key(event) {
    const { map } = this, step = event.shiftKey ? 5 * STEP : STEP;
    const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key in ways) {
      const [across, down] = ways[event.key];
      if (map.deep) map.turn(across * step, down * step);
      else map.step(across * step, down * step);
    } else if (event.key === "Enter") map.select({ place: map.crosshair() }, event.shiftKey);
    else if (event.key === "Escape") map.clear();
    else if (event.key === "+" || event.key === "=") map.zoom(1.25);
    else if (event.key === "-" || event.key === "_") map.zoom(0.8);
    else if (event.key === "0") map.reset();
    else return;
    event.preventDefault();
  }
}
