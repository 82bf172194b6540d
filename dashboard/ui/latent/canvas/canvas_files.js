// Arrays come as files of the lab, packed with gzip, and are kept by their address, which changes with what they hold.

const KEPT_FILES = 40;
const files = (globalThis.aelabFiles ??= new Map()); // shared by the maps on a page

function file(url) {
  const known = files.get(url);
  if (known) return known;
  const coming = fetch(url).then(answer => {
    if (!answer.ok) throw new Error(`${answer.status} ${url}`);
    return new Response(answer.body.pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
  });
  files.set(url, coming);
  coming.catch(() => files.delete(url));
  if (files.size > KEPT_FILES) files.delete(files.keys().next().value);
  return coming;
}

const KINDS = { uint8: Uint8Array, uint16: Uint16Array, int32: Int32Array, float32: Float32Array };

// Return the typed array that {url, kind} names, or null of nothing.
async function array(named) {
  return named && new KINDS[named.kind](await file(named.url));
}

// Return the image at an address, loaded: thumbnails and tiles are one picture each.
function picture(url) {
  return new Promise((found, failed) => {
    const image = new Image();
    image.onload = () => found(image);
    image.onerror = () => failed(new Error(url));
    image.src = url;
  });
}
