import type { StoreBatch } from '../contract.js';
import type { PackedBatch } from './protocol.js';

/** What batches usually hold; a larger one gets a buffer that is not kept. */
const BUFFER_BYTES = 8 * 1024 * 1024 + 64 * 1024;
/** One batch that is being written and one that is made, and a replay of dead letters beside them. */
const MAX_IDLE_BUFFERS = 3;

/**
 * Memory that the main thread fills and the store's thread reads, used again and again. A new buffer for each batch makes
 * V8 collect all of both threads' memory every second under load: their heaps are small, but such buffers count.
 */
export class BatchBuffers {
  readonly #idle: SharedArrayBuffer[] = [];

  pack({ payloads, cursor }: StoreBatch): PackedBatch {
    const lengths = payloads.map(({ byteLength }) => byteLength);
    const buffer = this.#take(lengths.reduce((sum, length) => sum + length, 0));
    const bytes = new Uint8Array(buffer);
    let offset = 0;
    for (const payload of payloads) {
      bytes.set(payload, offset);
      offset += payload.byteLength;
    }
    return { bytes: buffer, lengths, cursor };
  }

  /** Only for a batch that was answered: of a thread that died nobody knows whether it still reads. */
  giveBack({ bytes }: PackedBatch): void {
    if (bytes.byteLength === BUFFER_BYTES && this.#idle.length < MAX_IDLE_BUFFERS) this.#idle.push(bytes);
  }

  #take(sizeBytes: number): SharedArrayBuffer {
    if (sizeBytes > BUFFER_BYTES) return new SharedArrayBuffer(sizeBytes);
    return this.#idle.pop() ?? new SharedArrayBuffer(BUFFER_BYTES);
  }
}

/** Views of the buffer, in order; they hold until the batch is answered. */
export function unpackBatch({ bytes, lengths, cursor }: PackedBatch): StoreBatch {
  let offset = 0;
  const payloads = lengths.map((length) => {
    const payload = new Uint8Array(bytes, offset, length);
    offset += length;
    return payload;
  });
  return { payloads, cursor };
}
