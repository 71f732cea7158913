import type { Redis } from 'ioredis';
import type { RedisOutcome } from './fault.js';

/** Settings without which an answered append can be lost, and how each wrong value reads. */
const REQUIRED: readonly (readonly [string, string, (value: string) => string])[] = [
  ['appendonly', 'yes', (value) => `durability weak: Redis keeps no append-only file (appendonly ${value})`],
  ['appendfsync', 'always', (value) => `durability weak: Redis does not sync each write (appendfsync ${value})`],
  ['maxmemory-policy', 'noeviction', (value) => `durability weak: Redis may evict entries (maxmemory-policy ${value})`],
];

/** A value as Redis has them; anything else is not repeated. */
const VALUE_PATTERN = /^[a-z-]{1,32}$/;

/** What a server's settings take away from an answer's worth; `undefined` where it could not be asked. */
export async function findDurabilityWarnings(
  run: (work: (client: Redis) => Promise<unknown>) => Promise<RedisOutcome<unknown>>,
): Promise<readonly string[] | undefined> {
  const outcome = await run((client) => client.call('CONFIG', 'GET', ...REQUIRED.map(([name]) => name)));
  if (outcome.kind === 'failed') {
    const { refusal } = outcome.fault;
    return refusal === undefined ? undefined : [`durability unknown: Redis does not tell its settings (${refusal})`];
  }
  const values = toMap(outcome.value);
  return REQUIRED.flatMap(([name, wanted, warningOf]) => {
    const value = values.get(name);
    if (value === wanted) return [];
    return [warningOf(value !== undefined && VALUE_PATTERN.test(value) ? value : 'unknown')];
  });
}

function toMap(reply: unknown): ReadonlyMap<string, string> {
  const flat = Array.isArray(reply) ? reply.map(String) : [];
  const map = new Map<string, string>();
  for (let at = 0; at + 1 < flat.length; at += 2) map.set(flat[at] ?? '', flat[at + 1] ?? '');
  return map;
}
