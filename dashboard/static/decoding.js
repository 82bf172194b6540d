// A worker that decodes codes with ONNX Runtime Web, so that the page moves smoothly while a network thinks.
//
// It is told {id, prepare: {runtime, binary, network, codes, length}} once for each decoder, by addresses of files, and
// answers {id, prepared: {shape}}; then {id, decode: {code | rows and weights, label, classes}}, and answers
// {id, image, distance, code}; and {id, forget} at last.  What fails is answered {id, error}.

const packed = async url => {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${answer.status} ${url}`);
  return new Response(answer.body.pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
};

let runtime = null; // one, for all decoders

async function start({ runtime: module, binary }) {
  const ort = await import(module);
  ort.env.wasm.numThreads = 1; // more need headers that Streamlit does not send
  ort.env.wasm.wasmBinary = await packed(binary);
  ort.env.logLevel = "error";
  return ort;
}

const decoders = new Map();

async function prepare(id, asked) {
  const [ort, network, codes] = await Promise.all([
    (runtime ??= start(asked)),
    packed(asked.network),
    packed(asked.codes),
  ]);
  const session = await ort.InferenceSession.create(new Uint8Array(network), { executionProviders: ["wasm"] });
  decoders.set(id, { ort, session, codes: new Float32Array(codes), length: asked.length });
}

// The mean of some points' codes, weighted.
function mixed({ codes, length }, rows, weights) {
  const code = new Float32Array(length);
  rows.forEach((row, place) => {
    for (let at = 0; at < length; at++) code[at] += weights[place] * codes[row * length + at];
  });
  return code;
}

// The distance to the nearest real code; a code is given up as soon as it is farther than the best.
function nearest({ codes, length }, code) {
  let best = Infinity;
  for (let start = 0; start < codes.length; start += length) {
    let sum = 0;
    for (let at = 0; at < length; ) {
      const end = Math.min(at + 8, length);
      for (; at < end; at++) sum += (codes[start + at] - code[at]) ** 2;
      if (sum >= best) break;
    }
    if (sum < best) best = sum;
  }
  return Math.sqrt(best);
}

async function decode(id, asked) {
  const decoder = decoders.get(id), { ort, session } = decoder;
  const code = asked.rows ? mixed(decoder, asked.rows, asked.weights) : Float32Array.from(asked.code);
  const given = { [session.inputNames[0]]: new ort.Tensor("float32", code, [1, code.length]) };
  if (asked.classes) {
    const told = new Float32Array(asked.classes);
    told[asked.label] = 1;
    given[session.inputNames[1]] = new ort.Tensor("float32", told, [1, asked.classes]);
  }
  const found = (await session.run(given))[session.outputNames[0]];
  return { image: Float32Array.from(found.data), distance: nearest(decoder, code), code };
}

function forget(id) {
  decoders.get(id)?.session.release();
  decoders.delete(id);
}

onmessage = async ({ data: { id, turn, ...asked } }) => {
  try {
    if (asked.forget) return forget(id);
    if (asked.prepare) await prepare(id, asked.prepare);
    postMessage({ id, turn, ...(asked.decode ? await decode(id, asked.decode) : { prepared: true }) });
  } catch (error) {
    postMessage({ id, turn, error: String(error?.message ?? error) });
  }
};
