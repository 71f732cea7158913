import type { StoreBatch } from '../contract.js';
import type { PackedBatch } from './protocol.js';

export function packBatch({ payloads, cursor }: StoreBatch): PackedBatch {
  const lengths = payloads.map(({ byteLength }) => byteLength);
  const bytes = new Uint8Array(lengths.reduce((sum, length) => sum + length, 0));
  let offset = 0;
  for (const payload of payloads) {
    bytes.set(payload, offset);
    offset += payload.byteLength;
  }
  return { bytes: bytes.buffer, lengths, cursor };
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
