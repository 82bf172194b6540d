// A canvas to draw on with mouse, finger or pen.  Streamlit calls this again whenever the page is drawn anew: what has
// been drawn stays with the canvas.

export default function ({ parentElement, data, setStateValue }) {
  const canvas = parentElement.querySelector("canvas");
  const width = parentElement.querySelector("input[name=width]");
  const color = parentElement.querySelector("input[name=color]");
  const [undo, clear] = parentElement.querySelectorAll("button");

  canvas.setAttribute("aria-label", data.label);
  undo.textContent = data.undo;
  clear.textContent = data.clear;
  parentElement.querySelector("[data-role=width]").textContent = data.width;
  parentElement.querySelector("[data-role=color]").textContent = data.color;
  color.parentElement.hidden = !data.colored;
  if (canvas.strokes) return;

  canvas.strokes = []; // each {color, width, points}
  color.value = data.ink;
  const pen = canvas.getContext("2d");

  function line(stroke) {
    pen.strokeStyle = pen.fillStyle = stroke.color;
    pen.lineWidth = stroke.width;
    pen.lineCap = pen.lineJoin = "round";
    pen.beginPath();
    const [[x, y], ...others] = stroke.points;
    pen.moveTo(x, y);
    pen.lineTo(x, y); // a single point is a dot
    for (const point of others) pen.lineTo(...point);
    pen.stroke();
  }

  function paint() {
    pen.fillStyle = data.ground;
    pen.fillRect(0, 0, canvas.width, canvas.height);
    canvas.strokes.forEach(line);
    undo.disabled = clear.disabled = !canvas.strokes.length;
  }

  function send() {
    paint();
    setStateValue("picture", canvas.strokes.length ? canvas.toDataURL("image/png") : null);
  }

  function place(event) {
    const box = canvas.getBoundingClientRect();
    return [
      ((event.clientX - box.left) / box.width) * canvas.width,
      ((event.clientY - box.top) / box.height) * canvas.height,
    ];
  }

  let drawn = null; // the stroke under the pen, and the pen itself
  canvas.onpointerdown = event => {
    if (drawn || event.button) return;
    canvas.setPointerCapture(event.pointerId);
    const stroke = { color: color.value, width: Number(width.value), points: [place(event)] };
    drawn = { stroke, pointer: event.pointerId };
    canvas.strokes.push(stroke);
    paint();
  };
  canvas.onpointermove = event => {
    if (event.pointerId !== drawn?.pointer) return;
    const between = event.getCoalescedEvents?.() ?? [];
    drawn.stroke.points.push(...(between.length ? between : [event]).map(place));
    paint();
  };
  canvas.onpointerup = canvas.onpointercancel = event => {
    if (event.pointerId !== drawn?.pointer) return;
    drawn = null;
    send();
  };
  undo.onclick = () => {
    canvas.strokes.pop();
    send();
  };
  clear.onclick = () => {
    canvas.strokes.length = 0;
    send();
  };
  paint();
}
