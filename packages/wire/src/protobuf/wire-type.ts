/** Protobuf's wire types; 3 and 4 (groups) are not used by proto3, 6 and 7 do not exist. */
export const VARINT = 0;
export const FIXED64 = 1;
export const LENGTH_DELIMITED = 2;
export const FIXED32 = 5;

/** How many bytes a varint of this value takes. `value` is a non-negative integer below 2^32. */
export function varintSizeBytes(value: number): number {
  if (value < 0x80) return 1;
  if (value < 0x4000) return 2;
  if (value < 0x200000) return 3;
  return value < 0x10000000 ? 4 : 5;
}
