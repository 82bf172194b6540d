// Which part of the map is seen, and from where: an orthographic view of a plane or a space, in pixels of the page.

class Camera {
  constructor() {
    this.right = [1, 0, 0];
    this.up = [0, 1, 0];
    this.centre = [0, 0, 0];
    this.scale = 1; // pixels for one unit of the map
    this.width = this.height = 1;
  }

  // Show everything: `low` and `high` are the corners of the box around all points.
  fit(low, high, deep) {
    this.right = deep ? [0.8, 0, -0.6] : [1, 0, 0];
    this.up = deep ? [-0.24, 0.9165, -0.32] : [0, 1, 0];
    this.centre = low.map((value, axis) => (value + high[axis]) / 2);
    const size = high.map((value, axis) => Math.max(value - low[axis], 1e-6));
    const across = deep ? 1.1 * Math.max(...size) : size[0], upwards = deep ? across : size[1];
    this.scale = Math.min((this.width - 2 * MARGIN) / across, (this.height - 2 * MARGIN) / upwards);
    this.fitted = this.scale;
  }

  get forward() {
    const [a, b, c] = this.right, [d, e, f] = this.up;
    return [b * f - c * e, c * d - a * f, a * e - b * d];
  }

  // Where a place (x, y, z) of the map is, in pixels from the upper left.
  toScreen(x, y, z = 0) {
    const [cx, cy, cz] = this.centre, dx = x - cx, dy = y - cy, dz = z - cz;
    return [
      this.width / 2 + this.scale * (this.right[0] * dx + this.right[1] * dy + this.right[2] * dz),
      this.height / 2 - this.scale * (this.up[0] * dx + this.up[1] * dy + this.up[2] * dz),
    ];
  }

  // Where a pixel lies on the sheet through the centre that faces the viewer; on a plane: its place on the map.
  toSheet(left, top) {
    const across = (left - this.width / 2) / this.scale, upwards = (this.height / 2 - top) / this.scale;
    const at = sheet => sheet[0] * this.centre[0] + sheet[1] * this.centre[1] + sheet[2] * this.centre[2];
    return [at(this.right) + across, at(this.up) + upwards];
  }

  pan(left, top) {
    this.centre = this.centre.map(
      (value, axis) => value - (left * this.right[axis] - top * this.up[axis]) / this.scale,
    );
  }

  // Come nearer by a factor; what lies under the pixel stays there.
  zoom(factor, left = this.width / 2, top = this.height / 2) {
    const wanted = Math.min(Math.max(this.scale * factor, this.fitted / 8), this.fitted * 2000);
    const away = [left - this.width / 2, top - this.height / 2];
    this.pan(-away[0], -away[1]);
    this.scale = wanted;
    this.pan(...away);
  }

  // Turn a space by an angle around the upright and the level axis of the screen.
  orbit(sideways, upwards) {
    const turned = (vector, other, angle) =>
      vector.map((value, axis) => value * Math.cos(angle) + other[axis] * Math.sin(angle));
    this.right = unit(turned(this.right, this.forward, sideways));
    this.up = unit(turned(this.up, this.forward, upwards));
    const along = this.up.reduce((sum, value, axis) => sum + value * this.right[axis], 0); // keep them square
    this.up = unit(this.up.map((value, axis) => value - along * this.right[axis]));
  }

  // The same part of the map after the window has changed.
  resize(width, height) {
    const change = Math.min(width / this.width, height / this.height);
    [this.width, this.height] = [width, height];
    this.scale *= change;
    this.fitted *= change;
  }
}

const MARGIN = 28; // pixels left free around all points, where the axes are named

function unit(vector) {
  const length = Math.hypot(...vector);
  return vector.map(value => value / length);
}
