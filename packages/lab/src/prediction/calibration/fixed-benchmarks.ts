import { AsyncLocalStorage } from 'node:async_hooks';
import { CALIBRATION_BURST, type FixedConstant } from '../constants.js';
import type { Benchmark } from './benchmark.js';
import { ByteWriter } from './byte-writer.js';

const CYCLE = CALIBRATION_BURST;
/** Spans that OpenTelemetry's batch processor takes into one request. */
const BATCH = 512;
const RING_BYTES = 64 * 1024;
const TEXTS = Array.from({ length: 16 }, (_, index) => `lesson ${String(index).padStart(5, '0')}`);
const TWO_THIRDS = 2 / 3;

/** Keeps what is made alive for a moment, so that nothing is optimised away. */
class Keep {
  last: unknown;
}

/** Everything that is done once for a span, a field or a value. */
export function fixedBenchmarks(): Benchmark<FixedConstant>[] {
  return [...callBenchmarks(), ...objectBenchmarks(), ...recordBenchmarks()];
}

const NEEDS_TURNS: readonly FixedConstant[] = ['contextAwaitNs', 'asyncCallNs', 'promiseFollowNs'];

/** True for an operation that is done when its call returns. */
export function isSynchronous({ name }: Benchmark<FixedConstant>): boolean {
  return !NEEDS_TURNS.includes(name);
}

function callBenchmarks(): Benchmark<FixedConstant>[] {
  const keep = new Keep();
  const storage = new AsyncLocalStorage<object>();
  const plain = (input: unknown): unknown => input;
  const wrapped = function (this: unknown, ...args: [unknown]): unknown {
    return Reflect.apply(plain, this, args);
  };
  const asyncWork = async (input: unknown): Promise<unknown> => {
    await Promise.resolve();
    return input;
  };
  const calls = async (times: number): Promise<void> => {
    for (let index = 0; index < times; index++) keep.last = await asyncWork(index);
  };
  const inContext = (work: (times: number) => Promise<void>) => (times: number) => storage.run(keep, work, times);
  // A promise that is followed and the same promise awaited as it is.
  const followed = async (times: number): Promise<void> => {
    for (let index = 0; index < times; index++) {
      keep.last = await asyncWork(index).then(
        (value) => value,
        (error: unknown) => {
          throw error;
        },
      );
    }
  };
  const contextFree = (times: number): Promise<void> => {
    // Without a store that runs, promises are not hooked.
    storage.disable();
    return calls(times);
  };
  const repeat =
    (work: (index: number) => unknown) =>
    (times: number): void => {
      for (let index = 0; index < times; index++) keep.last = work(index);
    };
  return [
    { name: 'wrapCallNs', burst: CYCLE, run: repeat((index) => wrapped(index)), without: repeat(plain) },
    {
      name: 'contextRunNs',
      burst: CYCLE,
      run: repeat((index) => storage.run(keep, plain, index)),
      without: repeat(plain),
    },
    { name: 'contextAwaitNs', burst: CYCLE, run: inContext(calls), without: contextFree },
    { name: 'asyncCallNs', burst: CYCLE, run: inContext(calls) },
    { name: 'promiseFollowNs', burst: CYCLE, run: inContext(followed), without: inContext(calls) },
    { name: 'clockReadNs', burst: CYCLE, run: repeat(() => performance.now()) },
  ];
}

function objectBenchmarks(): Benchmark<FixedConstant>[] {
  const keep = new Keep();
  const held: unknown[] = new Array(BATCH).fill(undefined);
  const hexBytes = Buffer.alloc(8);
  const repeat =
    (work: (index: number) => unknown) =>
    (times: number): void => {
      for (let index = 0; index < times; index++) keep.last = work(index);
    };
  const attributes: Record<string, unknown>[] = Array.from({ length: 16 }, () => ({}));
  const values = TEXTS.map((text) => ({ role: 'user', content: text }));
  return [
    {
      name: 'idPooledNs',
      burst: CYCLE,
      run: repeat(() => ((Math.random() * 2 ** 32) | 0) ^ (Math.random() * 2 ** 32)),
    },
    {
      name: 'idHexNs',
      burst: CYCLE,
      run: repeat(() => {
        hexBytes.writeUInt32BE((Math.random() * 2 ** 32) >>> 0, 0);
        hexBytes.writeUInt32BE((Math.random() * 2 ** 32) >>> 0, 4);
        return hexBytes.toString('hex', 0, 8);
      }),
    },
    {
      name: 'smallObjectNs',
      burst: CYCLE,
      run: repeat((index) => ({ id: index, name: 'step', parent: keep, kind: 1 })),
    },
    {
      name: 'spanObjectNs',
      burst: CYCLE,
      run: repeat((index) => {
        held[index % BATCH] = createSpan(index);
        return undefined;
      }),
    },
    { name: 'mapCopyNs', burst: CYCLE, run: repeat(() => new ContextCopy(CONTEXT_ENTRIES)) },
    {
      name: 'attributeNs',
      burst: CYCLE,
      run: repeat((index) => setAttribute(attributes[index & 15] ?? {}, KEYS[index % KEYS.length] ?? '', index)),
    },
    { name: 'entriesNs', burst: CYCLE, run: repeat((index) => rebuild(index)) },
    {
      name: 'inspectNs',
      burst: CYCLE,
      per: 2,
      run: repeat((index) => inspect(values[index & 15] ?? {})),
    },
    { name: 'jsonCallNs', burst: CYCLE, run: repeat((index) => JSON.stringify({ text: TEXTS[index & 15] })) },
    {
      name: 'jsonPropertyNs',
      burst: CYCLE,
      per: MANY_PROPERTIES,
      run: repeat((index) => JSON.stringify(manyProperties(index))),
      without: repeat((index) => JSON.stringify({ text: TEXTS[index & 15] })),
    },
  ];
}

const MANY_PROPERTIES = 16;

function manyProperties(index: number): unknown {
  const text = TEXTS[index & 15];
  const item = { role: 'user', content: text };
  return { text, items: [item, item, item, item, item, item, item, item] };
}

function recordBenchmarks(): Benchmark<FixedConstant>[] {
  const shared = new SharedArrayBuffer(RING_BYTES + 64);
  const bytes = Buffer.from(shared);
  const words = new Int32Array(shared);
  const doubles = new Float64Array(shared);
  const writer = new ByteWriter(RING_BYTES);
  const fewBytes = Buffer.from('twelve bytes');
  let at = 64;
  const next = (lengthBytes: number): number => {
    at = at + lengthBytes > RING_BYTES ? 64 : at + lengthBytes;
    return at;
  };
  return [
    {
      name: 'publishNs',
      burst: CYCLE,
      run: (times) => {
        for (let index = 0; index < times; index++) {
          const start = next(64);
          const word = start >> 2;
          for (let field = 0; field < 10; field++) words[word + field] = index;
          doubles[(start >> 3) + 6] = index;
          doubles[(start >> 3) + 7] = index;
          if (Atomics.load(words, 1) > start) Atomics.store(words, 1, 0);
          Atomics.store(words, 0, start);
        }
      },
    },
    {
      name: 'shortTextNs',
      burst: CYCLE,
      run: (times) => {
        for (let index = 0; index < times; index++) {
          const text = TEXTS[index & 15] ?? '';
          const start = next(16);
          for (let unit = 0; unit < text.length; unit++) bytes[start + unit] = text.charCodeAt(unit);
        }
      },
    },
    {
      name: 'copyCallNs',
      burst: CYCLE,
      run: (times) => {
        for (let index = 0; index < times; index++) bytes.set(fewBytes, next(16));
      },
    },
    {
      name: 'encodeFieldNs',
      burst: CYCLE,
      run: (times) => {
        for (let index = 0; index < times; index++) writer.field(index & 15, TEXTS[index & 15] ?? '');
      },
    },
  ];
}

const KEYS = ['observation.type', 'observation.input', 'observation.output', 'service.name'];
const CONTEXT_ENTRIES = new Map<string, unknown>([
  ['span', KEYS],
  ['baggage', KEYS],
  ['session', 'lesson'],
]);

class ContextCopy {
  readonly get: (key: string) => unknown;
  readonly set: (key: string, value: unknown) => ContextCopy;
  readonly remove: (key: string) => boolean;

  constructor(source: ReadonlyMap<string, unknown>) {
    const entries = new Map(source);
    this.get = (key) => entries.get(key);
    this.set = (key, value) => new ContextCopy(new Map([...entries, [key, value]]));
    this.remove = (key) => entries.delete(key);
  }
}

function setAttribute(attributes: Record<string, unknown>, key: string, value: unknown): boolean {
  if (value === null || value === undefined || key.length === 0) return false;
  const type = typeof value;
  if (type !== 'string' && type !== 'number' && type !== 'boolean') return false;
  const isNew = !Object.hasOwn(attributes, key);
  attributes[key] = value;
  return isNew;
}

/** As wide as the spans that libraries keep: identity, times, lists, an attribute table, a reference to each of its parents. */
function createSpan(index: number): object {
  return {
    context: { traceId: 'trace', spanId: index, flags: 1, state: undefined },
    parent: undefined,
    kind: 0,
    attributes: {},
    links: [],
    events: [],
    start: [index, index],
    end: [0, 0],
    duration: [-1, -1],
    status: { code: 0 },
    name: 'step',
    resource: KEYS,
    scope: KEYS,
    processor: KEYS,
    limits: KEYS,
    droppedAttributes: 0,
    droppedEvents: 0,
    droppedLinks: 0,
    count: 0,
    ended: index * TWO_THIRDS > 1,
    startedAt: index + 0.5,
    offset: 0.25,
  };
}

function rebuild(index: number): object {
  const fields = {
    type: 'span',
    level: undefined,
    statusMessage: undefined,
    version: undefined,
    input: index,
    output: undefined,
    model: undefined,
    usage: undefined,
    cost: undefined,
    start: undefined,
    parameters: undefined,
    promptName: undefined,
    promptVersion: undefined,
    environment: undefined,
    release: undefined,
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function inspect(value: object): number {
  let strings = 0;
  if (Object.getPrototypeOf(value) !== Object.prototype) return 0;
  if (typeof (value as { toJSON?: unknown }).toJSON === 'function') return 0;
  for (const key of Object.keys(value)) {
    const item: unknown = (value as Record<string, unknown>)[key];
    if (typeof item === 'string') strings += key.length;
  }
  return strings;
}
