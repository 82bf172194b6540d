// The words of a map, its buttons, and which points are near a place and what they are called.

Object.assign(LatentMap.prototype, {
  // Words, names and buttons.
  say() {
    const { texts, title, axes } = this.data;
    this.part("title").textContent = title;
    this.surface.setAttribute("aria-label", `${title}. ${axes.join(", ")}. ${texts.keys}`);
    this.part("note").textContent = texts.note;
    this.part("decoded").hidden = !this.data.decoder;
    this.part("image").setAttribute("aria-label", texts.image);
    this.drawTools();
  },

  drawTools() {
    const { texts, decoder } = this.data, bar = this.part("bar");
    if (!this.changed("tools", JSON.stringify([texts, this.tool, this.adds, Boolean(decoder)]))) return;
    const focused = bar.getRootNode().activeElement?.dataset.name;
    bar.setAttribute("aria-label", texts.tools);
    const button = (name, press, pressed) => {
      const made = element("button", "", texts[name]);
      made.type = "button";
      made.dataset.name = name;
      made.title = texts[`about_${name}`];
      if (/^\W$/.test(texts[name])) made.setAttribute("aria-label", made.title); // a sign is no name
      if (pressed !== undefined) made.setAttribute("aria-pressed", pressed);
      made.onclick = () => [press(), this.drawTools()];
      return made;
    };
    const tools = ["move", "lasso", ...(decoder ? ["decode"] : [])];
    bar.replaceChildren(
      ...tools.map(tool => button(tool, () => this.takeTool(tool), this.tool === tool)),
      element("span", "gap"),
      button("add", () => (this.adds = !this.adds), Boolean(this.adds)),
      button("clear", () => this.clear()),
      element("span", "gap"),
      button("nearer", () => this.zoom(1.5)),
      button("farther", () => this.zoom(1 / 1.5)),
      button("reset", () => this.reset()),
    );
    bar.querySelector(`[data-name="${focused}"]`)?.focus();
  },

  // The `count` visible points nearest to a pixel, the nearest first: {point, apart in pixels}.
  nearest([left, top], count) {
    const { places, camera, shades: codes, hidden } = this, found = [];
    const [x, y] = camera.toSheet(left, top), [a, b, c] = camera.right, [d, e, f] = camera.up;
    const none = hidden.size === 0;
    let worst = Infinity;
    for (let point = 0, at = 0; at < places.length; point++, at += 3) {
      const across = a * places[at] + b * places[at + 1] + c * places[at + 2] - x;
      const upwards = d * places[at] + e * places[at + 1] + f * places[at + 2] - y;
      const apart = across * across + upwards * upwards;
      if (apart >= worst || !(none || !hidden.has(codes[point]))) continue;
      let place = found.length;
      while (place > 0 && found[place - 1].apart > apart) place--;
      found.splice(place, 0, { point, apart });
      if (found.length > count) found.pop();
      if (found.length === count) worst = found[count - 1].apart;
    }
    return found.map(each => ({ point: each.point, apart: Math.sqrt(each.apart) * camera.scale }));
  },

  named(point) {
    const { colours, texts } = this.data, code = this.shades[point];
    const known = code < colours.palette.length;
    if (colours.kind === "categories") return known ? colours.names[code] : texts.unknown;
    const value = known ? [number(this.values[point]), colours.unit].filter(Boolean).join(" ") : texts.unknown;
    return `${colours.label}: ${value}`;
  },

  showTip() {
    if (!this.tip) return this.hideTip();
    const tip = this.part("tip"), { point, place: [left, top] } = this.tip;
    tip.textContent = `${this.named(point)} · #${this.ids[point]}`;
    tip.hidden = false;
    const rightwards = left < this.camera.width / 2, downwards = top < this.camera.height - 60;
    tip.style.left = rightwards ? `${left + 14}px` : "auto";
    tip.style.right = rightwards ? "auto" : `${this.camera.width - left + 14}px`;
    tip.style.top = downwards ? `${top + 14}px` : "auto";
    tip.style.bottom = downwards ? "auto" : `${this.camera.height - top + 14}px`;
  },

  // A finger that has no other work scrolls the page; two fingers always belong to the map.
  takeTool(tool) {
    this.tool = tool;
    this.surface.style.touchAction = tool === "move" ? "pan-y" : "none";
  },

  hideTip() {
    this.tip = null;
    this.part("tip").hidden = true;
  },
});
