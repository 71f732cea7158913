/** Castagnoli's polynomial, bit-reversed. Chosen over zlib's CRC-32 because it finds more of the short bursts that disks make. */
const POLYNOMIAL = 0x82f63b78;
const SLICE_BYTES = 8;
const TABLE_ENTRIES = 256;

/**
 * Slicing by 8: table k holds the checksum of a byte followed by k zero bytes, so that eight bytes need eight
 * look-ups and no dependent shifts.
 */
function buildTables(): Int32Array {
  const tables = new Int32Array(SLICE_BYTES * TABLE_ENTRIES);
  for (let byte = 0; byte < TABLE_ENTRIES; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
    tables[byte] = crc;
  }
  for (let index = TABLE_ENTRIES; index < tables.length; index++) {
    const previous = tables[index - TABLE_ENTRIES] as number;
    tables[index] = (previous >>> 8) ^ (tables[previous & 0xff] as number);
  }
  return tables;
}

const TABLES = buildTables();

/**
 * CRC-32C of `bytes`, as an unsigned 32-bit number.
 *
 * @param previous the checksum of what came before, to go on over several chunks.
 */
export function crc32c(bytes: Uint8Array, previous = 0): number {
  const tables = TABLES;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const alignedEnd = bytes.byteLength - (bytes.byteLength % SLICE_BYTES);
  let crc = ~previous;
  let at = 0;
  // The casts hold because each index is a byte plus a table's start.
  for (; at < alignedEnd; at += SLICE_BYTES) {
    const low = crc ^ view.getInt32(at, true);
    const high = view.getInt32(at + 4, true);
    crc =
      (tables[1792 + (low & 0xff)] as number) ^
      (tables[1536 + ((low >>> 8) & 0xff)] as number) ^
      (tables[1280 + ((low >>> 16) & 0xff)] as number) ^
      (tables[1024 + (low >>> 24)] as number) ^
      (tables[768 + (high & 0xff)] as number) ^
      (tables[512 + ((high >>> 8) & 0xff)] as number) ^
      (tables[256 + ((high >>> 16) & 0xff)] as number) ^
      (tables[high >>> 24] as number);
  }
  for (; at < bytes.byteLength; at++) {
    crc = (crc >>> 8) ^ (tables[(crc ^ view.getUint8(at)) & 0xff] as number);
  }
  return ~crc >>> 0;
}
