import type { SliceBuffer } from './value-reader.js';

/** Slots of the table: more than the distinct keys, roles and tags of an application's traces. A power of two. */
const SLOTS = 4096;

/**
 * Short one-byte strings by their bytes. Keys, roles and names repeat in every record, and a native call for each
 * costs 150 ns on Node 20; finding it here costs 20 to 30.
 */
export class ShortStrings {
  private readonly bytes: SliceBuffer;
  private readonly slots: string[] = new Array<string>(SLOTS).fill('');

  constructor(bytes: SliceBuffer) {
    this.bytes = bytes;
  }

  /** The Latin-1 text of these bytes, at most 255. */
  at(start: number, lengthBytes: number): string {
    const bytes = this.bytes;
    let hash = lengthBytes;
    for (let index = 0; index < lengthBytes; index++) hash = (Math.imul(hash, 31) + (bytes[start + index] ?? 0)) | 0;
    const slot = (hash ^ (hash >>> 12)) & (SLOTS - 1);
    const known = this.slots[slot] as string;
    if (known.length === lengthBytes && isSame(bytes, start, known)) return known;
    const text = bytes.latin1Slice(start, start + lengthBytes);
    this.slots[slot] = text;
    return text;
  }
}

function isSame(bytes: Uint8Array, start: number, text: string): boolean {
  for (let index = 0; index < text.length; index++) if (bytes[start + index] !== text.charCodeAt(index)) return false;
  return true;
}
