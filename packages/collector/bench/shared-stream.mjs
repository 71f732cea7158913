// The stream that collectors share, filled as SDKs fill it, and given to the collectors all at once.
import { gzipSync } from 'node:zlib';
import { Redis } from 'ioredis';
import { requestTemplate } from './request-template.mjs';

const STREAM = 'slipstream:traces';
/** Where entries wait until every collector reads. */
const WAITING = 'slipstream:traces:waiting';
/** Entries that move in one step: the server does nothing else meanwhile. */
const MOVED_AT_ONCE = 100;
const POLL_MS = 20;
const ENTRY_INTERVAL_MS = 10;

/** Moves some entries; groups named behind the count have had them. */
const MOVE_SCRIPT = `
local entries = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', ARGV[1])
for _, entry in ipairs(entries) do
  redis.call('XADD', KEYS[2], '*', unpack(entry[2]))
  redis.call('XDEL', KEYS[1], entry[1])
end
for i = 2, #ARGV do redis.call('XGROUP', 'SETID', KEYS[2], ARGV[i], '$') end
return #entries
`;

export async function connect(url) {
  const redis = new Redis(url, { protocol: 2 });
  const pid = Number(/process_id:(\d+)/.exec(await redis.info('server'))[1]);
  return {
    pid,
    close: () => redis.disconnect(),
    fill: (entries, shape) => fill(redis, entries, shape),
    release: (skippedGroups) => release(redis, skippedGroups),
    untilTaken: (group) => untilTaken(redis, group),
  };
}

/** @returns how many spans that is */
async function fill(redis, entries, shape) {
  const template = requestTemplate(shape);
  const nowMs = Date.now();
  for (let index = 0; index < entries; index++) {
    // As if they had gathered while no collector ran.
    const { body } = template.next(nowMs - (entries - index) * ENTRY_INTERVAL_MS);
    const fields = ['v', '1', 'p', 'default', 'e', 'otlp+gzip', 'd', gzipSync(body, { level: 1 })];
    await redis.xadd(WAITING, '*', ...fields);
  }
  return entries * template.spanCount;
}

async function release(redis, skippedGroups) {
  for (;;) {
    const moved = await redis.eval(MOVE_SCRIPT, 2, WAITING, STREAM, MOVED_AT_ONCE, ...skippedGroups);
    if (moved === 0) return;
  }
}

/** Until every entry has been given to a reader of the group, and acknowledged by it. */
async function untilTaken(redis, group) {
  for (;;) {
    const groups = (await redis.call('XINFO', 'GROUPS', STREAM)).map(toFields);
    const found = groups.find(({ name }) => name === group);
    if (found !== undefined && found.pending === 0 && found.lag === 0) return;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

function toFields(flat) {
  return Object.fromEntries(flat.flatMap((name, at) => (at % 2 === 0 ? [[name, flat[at + 1]]] : [])));
}
