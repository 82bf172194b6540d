// What the decoder makes of the place under the crosshair, how far that is from real codes, and in which words.

Object.assign(LatentMap.prototype, {
  // Load the runtime and the decoder once somebody comes near the map, or has looked at it for a moment.
  startDecoding() {
    const asked = this.data?.decoder?.page;
    if (!asked || this.decoding || this.refused === asked.network) return;
    if (!globalThis.WebAssembly || !globalThis.Worker) return this.giveUp("no WebAssembly");
    this.root.dataset.decoder = "loading";
    const ready = () => {
      this.root.dataset.decoder = "ready";
      this.decode();
    };
    this.decoding = new Decoding(asked, ready, reason => this.giveUp(reason));
  },

  // The page cannot run this decoder: let the server do it.
  giveUp(reason) {
    console.warn(`This page does not decode: ${reason}`);
    this.refused = this.data.decoder.page?.network;
    this.slow = 0;
    this.decoding?.close();
    this.decoding = null;
    this.root.dataset.decoder = "server";
    this.tell.state("refused", this.refused);
  },

  takeDecoder() {
    const waiting = Boolean(this.decoding);
    this.decoding?.close();
    this.decoding = null;
    if (waiting) this.startDecoding();
  },

  // Which code is meant: by the inverse of the projection, of the point itself, or mixed of the nearest points'.
  meant() {
    const { decoder } = this.data;
    if (this.deep) return this.hovered == null ? null : { rows: [this.hovered], weights: [1] };
    if (decoder.origin) {
      const code = decoder.origin.map(
        (value, at) => value + this.at[0] * decoder.axes[0][at] + this.at[1] * decoder.axes[1][at],
      );
      return { code };
    }
    const near = this.near ?? this.nearest(this.crosshair(), NEIGHBOURS);
    const weights = near.map(({ apart }) => 1 / (apart * apart + 1e-3)), total = weights.reduce((a, b) => a + b, 0);
    return near.length ? { rows: near.map(({ point }) => point), weights: weights.map(each => each / total) } : null;
  },

  decode() {
    const { decoder } = this.data;
    if (!decoder || !this.at) return;
    if (!this.decoding) return this.showTile();
    const what = this.meant(), at = this.at;
    if (what) this.decoding.decode(what, answer => this.showDecoded(answer, at));
  },

  showDecoded({ image, distance, code, milliseconds }, at) {
    paintImage(this.part("image"), image, this.data.decoder.shape);
    this.root.dataset.decoded = String(Number(this.root.dataset.decoded ?? 0) + 1);
    this.answer = { image, distance, code, at, milliseconds };
    this.sayDecoded(at, distance);
    this.drawCross();
    this.slow = milliseconds > SLOW ? (this.slow ?? 0) + 1 : 0; // in a row
    if (this.slow >= 5) this.giveUp("it is too slow");
  },

  sayDecoded(at, distance) {
    const { texts, decoder } = this.data, { apart } = decoder;
    const far = distance > decoder.far * apart;
    const place = this.deep ? this.named(this.hovered) : `(${number(at[0])}, ${number(at[1])})`;
    this.part("where").textContent = filled(texts[this.deep ? "of_point" : "position"], { place });
    this.part("near").textContent = filled(texts.distance, { distance: number(distance), apart: number(apart) });
    this.part("far").textContent = far ? `⚠ ${texts.far}` : texts.close;
    this.part("how").textContent = [this.hint(), decoder.told].filter(Boolean).join(" ");
  },

  // How the code at a place of the map is found, where it is not simply the code of that place.
  hint() {
    const { texts, decoder } = this.data;
    if (this.deep || decoder.exact) return "";
    return decoder.origin ? texts.many : texts.mixed;
  },

  // The class that a conditional decoder is told has changed.
  again() {
    if (!this.decoding) return;
    this.decoding.asked = this.data.decoder.page;
    if (this.answer) this.decode();
  },

  // Where the server decodes: the nearest tile of its grid, at once.
  showTile() {
    const { tiles, data } = this;
    if (!tiles || this.deep) return;
    const [low, high, bottom, top] = tiles.box, [height, width] = data.decoder.shape;
    const along = (value, start, end) =>
      Math.min(Math.max(Math.floor(((value - start) / (end - start)) * tiles.steps), 0), tiles.steps - 1);
    const column = along(this.at[0], low, high), row = along(this.at[1], top, bottom);
    const canvas = this.part("image"), size = [tiles.picture.width / tiles.steps, tiles.picture.height / tiles.steps];
    [canvas.width, canvas.height] = [width, height];
    const pen = canvas.getContext("2d");
    pen.imageSmoothingEnabled = false;
    pen.drawImage(tiles.picture, column * size[0], row * size[1], ...size, 0, 0, width, height);
    this.part("where").textContent = filled(data.texts.position, { place: `(${this.at.map(number).join(", ")})` });
    this.part("near").textContent = this.part("far").textContent = "";
    this.part("how").textContent = data.texts.tile;
    this.loaded.answer = null; // back at the place that was answered last, its answer is new again
  },

  // What the server has made of the place where the crosshair rested, unless it has gone on.
  async takeAnswer() {
    const answer = this.data.decoder?.answer;
    if (!answer || !this.changed("answer", JSON.stringify(answer))) return;
    const image = await picture(answer.url);
    const same = this.deep ? answer.point === this.hovered : answer.at.every((value, axis) => value === this.at[axis]);
    if (!same) return;
    const canvas = this.part("image");
    [canvas.width, canvas.height] = [image.width, image.height];
    canvas.getContext("2d").drawImage(image, 0, 0);
    this.sayDecoded(this.at, answer.distance);
    this.root.dataset.decoded = String(Number(this.root.dataset.decoded ?? 0) + 1);
  },

  // The crosshair has rested: tell who listens, and ask the server where it decodes.
  rests() {
    if (this.closed) return;
    const { decoder, texts } = this.data, near = this.near?.[0];
    const says = ["where", "far", "near"].map(name => (decoder ? this.part(name).textContent : ""));
    const point = near && near.apart < RING ? `${this.named(near.point)}, #${this.ids[near.point]}.` : texts.nothing;
    this.part("told").textContent = [point, ...says].filter(Boolean).join(" ");
    if (decoder && !decoder.page && (!this.deep || this.hovered != null)) {
      this.tell.event("rested", this.deep ? { point: this.hovered } : { at: this.at });
    }
  },
});

const SLOW = 700; // milliseconds for one image, from which on the server's grid is the better answer
