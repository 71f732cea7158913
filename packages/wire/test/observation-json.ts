/** Observations as plain JSON, for golden files: what is absent or empty is left out, times are decimal texts. */
import type { Observation } from '../src/index.js';

export type PlainObservation = Readonly<Record<string, unknown>>;

export function observationToPlain(observation: Observation): PlainObservation {
  const members = Object.entries(observation).map(([key, value]): [string, unknown] => [key, plain(value)]);
  return Object.fromEntries(members.filter(([, value]) => !isAbsent(value)));
}

function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  return value instanceof Map ? Object.fromEntries(value) : value;
}

function isAbsent(value: unknown): boolean {
  if (value === undefined || value === '' || value === 0) return true;
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}
