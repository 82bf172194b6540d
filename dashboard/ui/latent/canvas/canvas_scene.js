// What is drawn beneath and above the points: axes, decoded tiles, thumbnails, crosshair and lasso.

// Numbers at the lines of an axis: 1, 2 or 5 times a power of ten apart, about `wanted` of them.
function ticks(low, high, wanted) {
  const rough = (high - low) / wanted, power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find(each => each * power >= rough);
  const found = [];
  for (let at = Math.ceil(low / step); at * step <= high; at++) found.push(Number((at * step).toPrecision(6)));
  return found;
}

function prepared(canvas, ratio, width, height) {
  const pen = canvas.getContext("2d");
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, width, height);
  return pen;
}

// look: {text, line, ground, accent, font}
function drawGround(canvas, camera, ratio, look, { axes, measured, deep, tiles }) {
  const { width, height } = camera, pen = prepared(canvas, ratio, width, height);
  pen.font = `12px ${look.font}`;
  if (tiles) drawTiles(pen, camera, tiles);
  if (deep) return drawTripod(pen, camera, look, axes);
  const [left, top] = camera.toSheet(0, 0), [right, bottom] = camera.toSheet(width, height);
  pen.strokeStyle = look.line;
  pen.fillStyle = look.text;
  pen.lineWidth = 1;
  if (measured) {
    pen.globalAlpha = 0.6;
    pen.beginPath();
    const across = ticks(left, right, width / 70), upwards = ticks(bottom, top, height / 60);
    for (const value of across) {
      const at = Math.round(camera.toScreen(value, 0)[0]) + 0.5;
      pen.moveTo(at, 0);
      pen.lineTo(at, height);
    }
    for (const value of upwards) {
      const at = Math.round(camera.toScreen(0, value)[1]) + 0.5;
      pen.moveTo(0, at);
      pen.lineTo(width, at);
    }
    pen.stroke();
    pen.globalAlpha = 0.9;
    pen.textAlign = "left";
    for (const value of across) pen.fillText(value, camera.toScreen(value, 0)[0] + 3, height - 20);
    for (const value of upwards) {
      const at = camera.toScreen(0, value)[1] - 3;
      if (at < height - 34) pen.fillText(value, 20, at); // below are the numbers across
    }
    pen.globalAlpha = 1;
  }
  pen.textAlign = "right";
  pen.fillText(`${axes[0]} →`, width - 8, height - 6);
  pen.save();
  pen.rotate(-Math.PI / 2);
  pen.fillText(`${axes[1]} →`, -8, 13);
  pen.restore();
}

function drawTripod(pen, camera, look, axes) {
  const length = 30, [left, top] = [48, camera.height - 48];
  pen.strokeStyle = pen.fillStyle = look.text;
  pen.textAlign = "center";
  axes.forEach((_, axis) => {
    const across = length * camera.right[axis], down = -length * camera.up[axis];
    pen.beginPath();
    pen.moveTo(left, top);
    pen.lineTo(left + across, top + down);
    pen.stroke();
    pen.fillText(axis + 1, left + 1.25 * across, top + 1.25 * down + 4);
  });
  pen.textAlign = "left";
  axes.forEach((name, axis) => pen.fillText(`${axis + 1}: ${name}`, left + 52, camera.height - 40 + 15 * axis));
}

// Decoded images side by side, each over the part of the map that it is the middle of.
function drawTiles(pen, camera, { picture, box: [low, high, bottom, top] }) {
  const [left, upper] = camera.toScreen(low, top), [right, lower] = camera.toScreen(high, bottom);
  pen.imageSmoothingEnabled = false;
  pen.globalAlpha = 0.45;
  pen.drawImage(picture, left, upper, right - left, lower - upper);
  pen.globalAlpha = 1;
}

// Draw images at their points, in their order, wherever they cover no other: what comes first is seen from afar.
function drawThumbnails(pen, camera, { picture, columns, width, height, rows }, places, colorOf) {
  const times = Math.max(1, Math.round(32 / Math.max(width, height)));
  const [across, down] = [width * times, height * times], side = Math.max(across, down) + 5;
  const taken = new Map(), key = (column, row) => column * 65536 + row;
  pen.imageSmoothingEnabled = false;
  pen.lineWidth = 2;
  rows.forEach((point, place) => {
    const color = colorOf(point);
    if (!color) return;
    const [x, y] = camera.toScreen(...places.subarray(3 * point, 3 * point + 3));
    if (x < -side || y < -side || x > camera.width + side || y > camera.height + side) return;
    const column = Math.floor(x / side), row = Math.floor(y / side);
    for (let i = -1; i <= 1; i++)
      for (let j = -1; j <= 1; j++) {
        const other = taken.get(key(column + i, row + j));
        if (other && Math.abs(other[0] - x) < side && Math.abs(other[1] - y) < side) return;
      }
    taken.set(key(column, row), [x, y]);
    const left = Math.round(x - across / 2), top = Math.round(y - down / 2);
    const from = [(place % columns) * width, Math.floor(place / columns) * height];
    pen.drawImage(picture, ...from, width, height, left, top, across, down);
    pen.strokeStyle = color;
    pen.strokeRect(left - 1, top - 1, across + 2, down + 2);
  });
}

function drawLasso(pen, corners, look) {
  pen.beginPath();
  for (const corner of corners) pen.lineTo(...corner);
  pen.closePath();
  pen.globalAlpha = 0.15;
  pen.fillStyle = look.accent;
  pen.fill();
  pen.globalAlpha = 1;
  pen.strokeStyle = look.accent;
  pen.lineWidth = 2;
  pen.stroke();
}

// A star with its name, at a picture that is no point of the map.
function drawStar(pen, [x, y], name, look) {
  pen.beginPath();
  for (let corner = 0; corner < 10; corner++) {
    const length = corner % 2 ? 4.5 : 11, angle = (corner * Math.PI) / 5;
    pen.lineTo(x + length * Math.sin(angle), y - length * Math.cos(angle));
  }
  pen.closePath();
  pen.fillStyle = look.accent;
  pen.strokeStyle = look.ground;
  pen.lineWidth = 1.5;
  pen.fill();
  pen.stroke();
  pen.font = `600 13px ${look.font}`;
  pen.textAlign = "left";
  pen.lineWidth = 3;
  pen.strokeText(name, x + 13, y + 4);
  pen.fillStyle = look.text;
  pen.fillText(name, x + 13, y + 4);
}
