const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;

/** The largest value of a fixed64 field, such as a time. */
export const UINT64_MAX = 2n ** 64n - 1n;

export function isInt64(value: bigint): boolean {
  return value >= INT64_MIN && value <= INT64_MAX;
}

/** The digits of an integer that `int_value` cannot hold, so that it travels as text; `undefined` for any other. */
export function textOfNonInt64(value: bigint): string | undefined {
  return isInt64(value) ? undefined : value.toString();
}
