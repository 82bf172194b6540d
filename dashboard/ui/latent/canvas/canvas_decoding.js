// Asks the worker what a decoder makes of a code: the latest question only, since a hand moves faster than a network.

function startedWorker(address) {
  const shared = (globalThis.aelabDecoding ??= {}); // by every map on the page
  if (shared.address !== address) {
    shared.worker?.terminate();
    shared.worker = new Worker(address, { type: "module" });
    shared.address = address;
    shared.hears = new Map();
    shared.count = 0;
    shared.worker.onmessage = ({ data }) => shared.hears.get(data.id)?.(data);
    shared.worker.onerror = () => shared.hears.forEach(hear => hear({ error: "the worker does not start" }));
  }
  return shared;
}

class Decoding {
  // `asked` is what the page knows of a decoder; `onReady` and `onFail` are told once.
  constructor(asked, onReady, onFail) {
    this.asked = asked;
    this.shared = startedWorker(asked.worker);
    this.id = `${asked.network} ${asked.codes} ${++this.shared.count}`;
    this.ready = false;
    this.turn = 0;
    this.shared.hears.set(this.id, answer => {
      if (answer.error) onFail(answer.error);
      else if (answer.prepared) {
        this.ready = true;
        onReady();
      } else this.hear(answer);
    });
    const absolute = url => new URL(url, document.baseURI).href;
    const { runtime, binary, network, codes, length } = asked;
    this.tell({ prepare: { ...mapped({ runtime, binary, network, codes }, absolute), length } });
  }

  tell(what) {
    this.shared.worker.postMessage({ id: this.id, turn: ++this.turn, ...what });
  }

  // Decode a {code} or {rows, weights}; `then` gets {image, distance, code, milliseconds} unless something newer comes.
  decode(what, then) {
    this.next = { what, then };
    if (!this.busy) this.send();
  }

  send() {
    if (!this.ready || !this.next) return;
    const { what, then } = this.next;
    this.next = null;
    this.busy = { then, since: performance.now() };
    this.tell({ decode: { ...what, label: this.asked.label, classes: this.asked.classes } });
  }

  hear(answer) {
    const { then, since } = this.busy;
    this.busy = null;
    then({ ...answer, milliseconds: performance.now() - since });
    this.send();
  }

  close() {
    this.tell({ forget: true });
    this.shared.hears.delete(this.id);
  }
}

const mapped = (named, change) => Object.fromEntries(Object.entries(named).map(([name, value]) => [name, change(value)]));

// Draw an image, float32 (H, W, C) in [0, 1] row by row, pixel by pixel.
function paintImage(canvas, values, [height, width, channels]) {
  const picture = new ImageData(width, height);
  for (let pixel = 0; pixel < height * width; pixel++) {
    for (let channel = 0; channel < 3; channel++) {
      const value = values[pixel * channels + (channels === 3 ? channel : 0)];
      picture.data[4 * pixel + channel] = 255 * value; // it rounds and clips
    }
    picture.data[4 * pixel + 3] = 255;
  }
  if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
  canvas.getContext("2d").putImageData(picture, 0, 0);
}
