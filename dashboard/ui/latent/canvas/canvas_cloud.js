// The points themselves: in WebGL, all in one call, since sixty thousand are too many for anything else.

const VERTEX = `
attribute vec3 place;
attribute float shade;
attribute float chosen;
uniform vec3 centre, right, up, forward;
uniform vec2 reach;
uniform float depth, size, pass;
varying float tone;
void main() {
  vec3 away = place - centre;
  gl_Position = vec4(dot(away, right) * reach.x, dot(away, up) * reach.y, -dot(away, forward) * depth, 1.0);
  if (abs(chosen - pass) > 0.5 && pass >= 0.0) gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
  gl_PointSize = size;
  tone = shade;
}`;
const FRAGMENT = `
precision highp float;
uniform sampler2D palette;
uniform float tones, opacity, rim, size;
uniform vec3 ink;
varying float tone;
void main() {
  vec4 color = texture2D(palette, vec2((floor(tone + 0.5) + 0.5) / tones, 0.5));
  float away = length(gl_PointCoord - 0.5) * size;
  float inside = clamp(size * 0.5 - away, 0.0, 1.0);
  if (color.a == 0.0 || inside == 0.0) discard;
  float edge = rim * clamp(away - size * 0.5 + 2.0, 0.0, 1.0);
  gl_FragColor = vec4(mix(color.rgb, ink, edge), 1.0) * opacity * inside;
}`;

class Cloud {
  // Throws where the browser has no WebGL.
  constructor(canvas) {
    this.canvas = canvas;
    this.count = 0;
    const gl = canvas.getContext("webgl", { antialias: false, alpha: true, premultipliedAlpha: true });
    if (!gl) throw new Error("no WebGL");
    this.gl = gl;
    this.program = program(gl);
    this.buffers = { place: gl.createBuffer(), shade: gl.createBuffer(), chosen: gl.createBuffer() };
    this.places = Object.fromEntries(
      ["centre", "right", "up", "forward", "reach", "depth", "size", "pass", "tones", "opacity", "rim", "ink"].map(
        name => [name, gl.getUniformLocation(this.program, name)],
      ),
    );
    this.texture = gl.createTexture();
  }

  // places: Float32Array (3 N)
  setPlaces(places, deep) {
    this.count = places.length / 3;
    this.deep = deep;
    let farthest = 1e-6;
    for (const value of places) farthest = Math.max(farthest, Math.abs(value));
    this.depth = 0.25 / farthest; // a point is at most √3 and the centre about as much again away
    this.fill("place", places);
    this.setChosen(null);
  }

  // shades: Float32Array (N), places in the palette
  setShades(shades) {
    this.fill("shade", shades);
  }

  // chosen: Uint8Array (N), or null where nothing is selected
  setChosen(chosen) {
    this.chosen = chosen;
    this.fill("chosen", chosen ?? new Uint8Array(this.count));
  }

  // colors: Uint8Array (4 n), RGBA; what has no opacity is not drawn
  setPalette(colors) {
    const gl = this.gl;
    this.tones = colors.length / 4;
    gl.bindTexture(gl.TEXTURE_2D, this.texture);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, this.tones, 1, 0, gl.RGBA, gl.UNSIGNED_BYTE, colors);
    for (const side of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) gl.texParameteri(gl.TEXTURE_2D, side, gl.CLAMP_TO_EDGE);
    for (const way of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(gl.TEXTURE_2D, way, gl.NEAREST);
  }

  fill(name, values) {
    this.gl.bindBuffer(this.gl.ARRAY_BUFFER, this.buffers[name]);
    this.gl.bufferData(this.gl.ARRAY_BUFFER, values, this.gl.STATIC_DRAW);
  }

  draw(camera, ratio, ink) {
    const { gl, places } = this;
    gl.viewport(0, 0, this.canvas.width, this.canvas.height);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
    if (!this.count || !this.tones) return;
    gl.useProgram(this.program);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    gl[this.deep ? "enable" : "disable"](gl.DEPTH_TEST);
    this.give("place", 3, gl.FLOAT);
    this.give("shade", 1, gl.FLOAT);
    this.give("chosen", 1, gl.UNSIGNED_BYTE);
    gl.bindTexture(gl.TEXTURE_2D, this.texture);
    for (const name of ["centre", "right", "up", "forward"]) gl.uniform3fv(places[name], camera[name]);
    gl.uniform2f(places.reach, (2 * camera.scale) / camera.width, (2 * camera.scale) / camera.height);
    gl.uniform1f(places.depth, this.depth);
    gl.uniform1f(places.tones, this.tones);
    gl.uniform3fv(places.ink, ink);
    const nearer = Math.min(Math.max(Math.sqrt(camera.scale / camera.fitted), 1), 2.5);
    const size = (this.count > 20000 ? 3.5 : this.count > 3000 ? 5 : 7) * nearer * ratio;
    if (!this.chosen) this.pass(-1, size, 0.85, 0);
    else {
      this.pass(0, size, 0.25, 0);
      gl.clear(gl.DEPTH_BUFFER_BIT); // what is selected is seen wherever it is
      this.pass(1, size + 3 * ratio, 1, 1);
    }
  }

  give(name, size, kind) {
    const gl = this.gl, at = gl.getAttribLocation(this.program, name);
    gl.bindBuffer(gl.ARRAY_BUFFER, this.buffers[name]);
    gl.enableVertexAttribArray(at);
    gl.vertexAttribPointer(at, size, kind, false, 0, 0);
  }

  pass(which, size, opacity, rim) {
    const { gl, places } = this;
    gl.uniform1f(places.pass, which);
    gl.uniform1f(places.size, size);
    gl.uniform1f(places.opacity, opacity);
    gl.uniform1f(places.rim, rim);
    gl.drawArrays(gl.POINTS, 0, this.count);
  }

  close() {
    this.gl.getExtension("WEBGL_lose_context")?.loseContext(); // a browser has few of them
  }
}

function program(gl) {
  const made = gl.createProgram();
  for (const [kind, source] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]]) {
    const shader = gl.createShader(kind);
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(made, shader);
  }
  gl.linkProgram(made);
  if (!gl.getProgramParameter(made, gl.LINK_STATUS)) throw new Error(`no WebGL: ${gl.getProgramInfoLog(made)}`);
  return made;
}
