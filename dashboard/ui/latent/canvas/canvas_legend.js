// What the colours mean: a button for every class, which hides and shows it, or a ramp with its ends.

// color "#rrggbb" -> [r, g, b], 0 to 255
const rgb = color => [1, 3, 5].map(start => Number.parseInt(color.slice(start, start + 2), 16));

// Colours of a palette that a cloud draws: those of hidden classes are transparent.
function tones(colours, hidden) {
  const all = [...colours.palette, colours.unknown];
  return new Uint8Array(all.flatMap((color, code) => [...rgb(color), hidden.has(code) ? 0 : 255]));
}

// Where in the palette each point is: its class, or as far along the ramp as its value; at the end where unknown.
function shades(colours, values) {
  const count = colours.palette.length;
  if (colours.kind === "categories") return Float32Array.from(values);
  const { low, high } = colours, size = high > low ? high - low : 1;
  const clipped = share => Math.round(Math.min(Math.max(share, 0), 1) * (count - 1));
  return Float32Array.from(values, value => (Number.isNaN(value) ? count : clipped((value - low) / size)));
}

// How many chosen points are of a hidden class.
function countUnseen(shades, chosen, hidden) {
  if (!hidden.size || !chosen) return 0;
  return shades.reduce((count, code, point) => count + (chosen[point] && hidden.has(code) ? 1 : 0), 0);
}

function element(name, className, text) {
  const made = document.createElement(name);
  made.className = className;
  if (text !== undefined) made.textContent = text; // names are text, whatever is in them
  return made;
}

// `toggle` gets the code of a class that is pressed, or nothing to show them all.
function drawLegend(place, colours, hidden, texts, notes, toggle) {
  const focused = place.getRootNode().activeElement?.dataset.code;
  place.setAttribute("aria-label", `${texts.legend}: ${colours.label}`);
  place.replaceChildren(
    element("span", "label", colours.unit ? `${colours.label} (${colours.unit}):` : `${colours.label}:`),
    ...(colours.kind === "categories" ? classButtons(colours, hidden, texts, toggle) : [ramp(colours, texts)]),
    ...notes.map(note => element("span", "", note)),
  );
  place.querySelector(`[data-code="${focused}"]`)?.focus();
}

function classButtons(colours, hidden, texts, toggle) {
  const all = [...colours.palette, colours.unknown];
  const buttons = colours.present.map(code => {
    const button = element("button", ""), swatch = element("span", "swatch");
    button.type = "button";
    button.dataset.code = code;
    button.setAttribute("aria-pressed", !hidden.has(code));
    button.title = colours.names[code];
    swatch.style.background = swatch.style.borderColor = all[code];
    button.append(swatch, element("span", "name", colours.names[code]));
    button.onclick = () => toggle(code);
    return button;
  });
  if (hidden.size) {
    const button = element("button", "", texts.show_all);
    button.type = "button";
    button.onclick = () => toggle();
    buttons.push(button);
  }
  return buttons;
}

function ramp(colours, texts) {
  const scale = element("div", "scale"), bar = element("div", "ramp");
  bar.style.background = `linear-gradient(to right, ${colours.palette.join(", ")})`;
  const [low, high] = colours.clipped ? ["≤ ", "≥ "] : ["", ""]; // a few values lie beyond the ends
  scale.append(element("span", "", low + number(colours.low)), bar, element("span", "", high + number(colours.high)));
  if (colours.present.includes(colours.palette.length)) {
    const swatch = element("span", "swatch");
    swatch.style.background = swatch.style.borderColor = colours.unknown;
    scale.append(swatch, element("span", "", texts.unknown));
  }
  return scale;
}

// A number with three digits that count.
const number = value => (Math.abs(value) >= 1000 ? Math.round(value).toString() : Number(value.toPrecision(3)).toString());

// "{name} is {value}" with its values.
const filled = (template, values) => template.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
