const ISO_TIME = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2})?)(?:[.,](\d{1,9})\d*)?(Z|[+-]\d{2}:?\d{2})?$/i;
const NS_PER_MS = 1_000_000n;
/** The last moment that 64 bits of nanoseconds can name, in the year 2262. */
const MAX_NS = 2n ** 63n - 1n;

/**
 * Nanoseconds since the epoch of an ISO 8601 time; a zone that is missing is UTC. `undefined` where the text is none, or
 * lies before 1970 or after 2262.
 */
export function parseTimeNs(text: string): bigint | undefined {
  const [, time, fraction = '', zone = 'Z'] = ISO_TIME.exec(text) ?? [];
  if (time === undefined) return undefined;
  const ms = Date.parse(`${time}${zone.toUpperCase()}`);
  if (Number.isNaN(ms) || ms < 0) return undefined;
  const ns = BigInt(ms) * NS_PER_MS + BigInt(fraction.padEnd(9, '0'));
  return ns > MAX_NS ? undefined : ns;
}

/** Milliseconds, as revisions and the order of events count them. */
export function toMs(ns: bigint): number {
  return Number(ns / NS_PER_MS);
}

/** ISO 8601 with all nine digits of the fraction. */
export function formatTimeNs(ns: bigint): string {
  const fraction = String(ns % 1_000_000_000n).padStart(9, '0');
  return new Date(toMs(ns)).toISOString().replace(/\.\d+Z$/, `.${fraction}Z`);
}
