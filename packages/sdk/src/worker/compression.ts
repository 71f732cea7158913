import { builtin } from '../runtime.js';

/** Text of traces becomes a fifth of its size; higher levels take twice the time for little more. */
const LEVEL = 1;

/**
 * Packs a body. A thread of our own does it itself (79 MB/s), and leaves libuv's pool to the application's files and
 * look-ups; on the application's thread the pool is the smaller evil.
 */
export async function gzip(body: Uint8Array, sharesThread: boolean): Promise<Uint8Array> {
  const zlib = builtin('node:zlib');
  if (zlib === undefined) return gzipAsStream(body);
  if (!sharesThread) return zlib.gzipSync(body, { level: LEVEL });
  return new Promise((resolve, reject) => {
    zlib.gzip(body, { level: LEVEL }, (error, packed) => (error === null ? resolve(packed) : reject(error)));
  });
}

/** The web's own compression, in runtimes without Node's. */
async function gzipAsStream(body: Uint8Array): Promise<Uint8Array> {
  const stream = new Blob([body as Uint8Array<ArrayBuffer>]).stream().pipeThrough(new CompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
