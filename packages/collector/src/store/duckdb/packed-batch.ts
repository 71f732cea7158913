import type { StoreBatch } from '../contract.js';
import type { PackedBatch } from './protocol.js';

export function packBatch({ payloads, cursor }: StoreBatch): PackedBatch {
  const lengths = payloads.map(({ byteLength }) => byteLength);
  // Not zeroed, since it is filled to the last byte; never from a pool, since it is handed over whole.
  const bytes = Buffer.allocUnsafeSlow(lengths.reduce((sum, length) => sum + length, 0));
  let offset = 0;
  for (const payload of payloads) {
    bytes.set(payload, offset);
    offset += payload.byteLength;
  }
  return { bytes: bytes.buffer as ArrayBuffer, lengths, cursor };
}

/** Views of the buffer, in order. */
export function unpackBatch({ bytes, lengths, cursor }: PackedBatch): StoreBatch {
  let offset = 0;
  const payloads = lengths.map((length) => {
    const payload = new Uint8Array(bytes, offset, length);
    offset += length;
    return payload;
  });
  return { payloads, cursor };
}
