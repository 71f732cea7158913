/** Every way in which bytes, JSON text, or a value to write can be wrong. The codes are stable; messages are not. */
export const WIRE_ERROR_CODES = [
  /** A field, varint or message ends past the bytes that hold it. */
  'truncated',
  /** A varint of more than 10 bytes, or of more than 64 bits. */
  'varint_too_long',
  /** A length of 2^32 or more. */
  'length_out_of_range',
  /** Wire types 3 and 4, which proto3 does not use. */
  'group_wire_type',
  /** Wire types 6 and 7, which do not exist. */
  'unknown_wire_type',
  'field_number_zero',
  /** A field number above 2^29 - 1. */
  'field_number_out_of_range',
  'invalid_utf8',
  /** A trace id, span id or parent id of the wrong length, all zero, or not hexadecimal. */
  'invalid_id',
  'too_deep',
  'too_many_attributes',
  'too_many_spans',
  /** More messages and values in one body than `maxNodeCount`. */
  'too_many_nodes',
  /** The text is not JSON. */
  'invalid_json',
  /** JSON of another shape than the message: an array where an object belongs, a fraction for an integer, … */
  'json_type',
] as const;

export type WireErrorCode = (typeof WIRE_ERROR_CODES)[number];

/** The only error that this package throws. Branch on `code`. */
export class WireError extends Error {
  override readonly name = 'WireError';
  readonly code: WireErrorCode;

  constructor(code: WireErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** Whether a caught value is a {@link WireError}; any other is a defect and MUST be passed on. */
export function isWireError(error: unknown): error is WireError {
  return error instanceof WireError;
}
