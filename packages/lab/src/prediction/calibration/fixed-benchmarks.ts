import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { CALIBRATION_BURST, type FixedConstant } from '../constants.js';
import type { Benchmark } from './benchmark.js';
import { ByteWriter } from './byte-writer.js';
import { CONTEXT_ENTRIES, ContextCopy, createSpan, inspect, KEYS, rebuild, setAttribute } from './parts.js';
import type { ReadMemory } from './read-memory.js';

const CYCLE = CALIBRATION_BURST;
/** Spans that OpenTelemetry's batch processor takes into one request. */
const BATCH = 512;
const RING_BYTES = 64 * 1024;
const TEXTS = Array.from({ length: 16 }, (_, index) => `lesson ${String(index).padStart(5, '0')}`);

/** Keeps what is made alive for a moment, so that nothing is optimised away. */
class Keep {
  last: unknown;
}

/** Everything that is done once for a span, a field or a value. */
export function fixedBenchmarks(memory: ReadMemory): Benchmark<FixedConstant>[] {
  return [...callBenchmarks(), ...objectBenchmarks(), ...textBenchmarks(), ...recordBenchmarks(memory)];
}

/** What a tracer does on its own thread while another works on what came before. */
const BESIDE_A_WORKER: readonly FixedConstant[] = [
  'clockReadNs',
  'idPooledNs',
  'smallObjectNs',
  'attributeNs',
  'inspectNs',
  'publishNs',
  'shortTextNs',
];

/** True for those. */
export function isBesideWorker({ name }: Benchmark<FixedConstant>): boolean {
  return BESIDE_A_WORKER.includes(name);
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
    {
      name: 'contextReadNs',
      burst: CYCLE,
      run: (times) => storage.run(keep, () => repeat(() => storage.getStore())(times)),
      without: repeat(plain),
    },
    { name: 'contextAwaitNs', burst: CYCLE, run: inContext(calls), without: contextFree },
    { name: 'asyncCallNs', burst: CYCLE, run: inContext(calls) },
    { name: 'promiseFollowNs', burst: CYCLE, run: inContext(followed), without: inContext(calls) },
    { name: 'clockReadNs', burst: CYCLE, run: repeat(() => performance.now()) },
  ];
}

/** Makes texts of things: JSON, ids, stacks. */
function textBenchmarks(): Benchmark<FixedConstant>[] {
  const keep = new Keep();
  const repeat =
    (work: (index: number) => unknown) =>
    (times: number): void => {
      for (let index = 0; index < times; index++) keep.last = work(index);
    };
  return [
    { name: 'jsonCallNs', burst: CYCLE, run: repeat((index) => JSON.stringify({ text: TEXTS[index & 15] })) },
    {
      name: 'jsonPropertyNs',
      burst: CYCLE,
      per: MANY_PROPERTIES,
      run: repeat((index) => JSON.stringify(manyProperties(index))),
      without: repeat((index) => JSON.stringify({ text: TEXTS[index & 15] })),
    },
    {
      name: 'jsonHookNs',
      burst: CYCLE,
      per: MANY_PROPERTIES,
      run: repeat((index) => JSON.stringify(manyProperties(index), sameValue)),
    },
    { name: 'blobNs', burst: CYCLE, run: repeat((index) => new Blob([TEXTS[index & 15] ?? '']).size) },
    { name: 'uuidNs', burst: CYCLE, run: repeat(() => randomUUID()) },
    { name: 'stackNs', burst: CYCLE, run: repeat(() => linesOfStack()) },
  ];
}

const sameValue = (_key: string, value: unknown): unknown => (value instanceof Error ? value.message : value);

const FRAME = /at (?:(\S+) )?\(?(.+):(\d+):\d+\)?/;

/** As libraries find out where they were called. */
function linesOfStack(): number {
  const lines = new Error('here').stack?.split('\n') ?? [];
  return lines.filter((line) => FRAME.exec(line) !== null).length;
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
  ];
}

const MANY_PROPERTIES = 16;

function manyProperties(index: number): unknown {
  const text = TEXTS[index & 15];
  const item = { role: 'user', content: text };
  return { text, items: [item, item, item, item, item, item, item, item] };
}

function recordBenchmarks({ bytes, words, doubles, letRead }: ReadMemory): Benchmark<FixedConstant>[] {
  const writer = new ByteWriter(RING_BYTES);
  const fewBytes = Buffer.from('twelve bytes');
  let at = 64;
  /** As a ring that has been emptied: what comes next begins at the front. */
  const after = (): void => {
    letRead(at + 64);
    at = 64;
  };
  const next = (lengthBytes: number): number => {
    at = at + lengthBytes > RING_BYTES ? 64 : at + lengthBytes;
    return at;
  };
  return [
    {
      name: 'publishNs',
      burst: CYCLE,
      after,
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
      after,
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
      after,
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
