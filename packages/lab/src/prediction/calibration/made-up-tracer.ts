import { AsyncLocalStorage } from 'node:async_hooks';
import type { Arm } from '../../arms/contract.js';
import { openCpuClock } from '../../sample/cpu-clock.js';
import { createPayload } from '../../sample/payload.js';
import { giveWay, rest } from '../../sample/rest.js';
import { createTracedWork, SPANS_PER_TRACE } from '../../sample/traced-work.js';
import { median } from '../../statistics/quantile.js';
import { CALIBRATION_BURST, type FixedConstant, type Pace } from '../constants.js';
import { AWAITS_PER_SPAN } from '../span-facts.js';
import { CONTEXT_ENTRIES, ContextCopy, createSpan, KEYS, setAttribute } from './parts.js';

/** Spans that are kept until so many others are made, as by a batch. */
const HELD_SPANS = 512;
const ATTRIBUTES = 4;
const REST_MS = 8;
const WARM_UP_CYCLES = 60;
const CYCLES = { tight: 120, paced: 60 } as const;
const TRACES_PER_CYCLE = CALIBRATION_BURST / SPANS_PER_TRACE;
/** A made-up tracer cannot cost less than its parts but by noise, nor many times as much. */
const MOST = 4;

/** What it does for a span, in the constants' terms. */
const PARTS: Readonly<Partial<Record<FixedConstant, number>>> = {
  wrapCallNs: 1,
  contextReadNs: 1,
  contextRunNs: 1,
  contextAwaitNs: AWAITS_PER_SPAN,
  promiseFollowNs: 1,
  mapCopyNs: 1,
  spanObjectNs: 1,
  smallObjectNs: 2,
  idHexNs: 1,
  clockReadNs: 2,
  attributeNs: ATTRIBUTES,
};

/** A tracer of no library: one of each of the operations that libraries are made of, around the lab's own work. */
export function createMadeUpTracer(): Arm & { disable(): void } {
  const storage = new AsyncLocalStorage<ContextCopy>();
  const held: unknown[] = new Array(HELD_SPANS).fill(undefined);
  const idBytes = Buffer.alloc(8);
  let made = 0;
  const begin = (): { span: object; context: ContextCopy } => {
    const parent = storage.getStore();
    const span = createSpan(made);
    idBytes.writeUInt32BE((Math.random() * 2 ** 32) >>> 0, 0);
    idBytes.writeUInt32BE((Math.random() * 2 ** 32) >>> 0, 4);
    const attributes: Record<string, unknown> = { id: idBytes.toString('hex', 0, 8), at: performance.now() };
    for (let index = 0; index < ATTRIBUTES; index++) setAttribute(attributes, KEYS[index] ?? '', made);
    held[made++ % HELD_SPANS] = { span, attributes, parent: parent?.get('span'), kind: 1 };
    return { span, context: new ContextCopy(CONTEXT_ENTRIES) };
  };
  return {
    load: () => Promise.resolve(),
    setUp: () => undefined,
    wrap: (_name, work) => {
      const wrapped = function (this: unknown, ...args: [never]): unknown {
        const { context } = begin();
        const result = storage.run(context, Reflect.apply, work, this, args) as Promise<unknown>;
        return result.then(
          (value) => {
            held[made % HELD_SPANS] = performance.now();
            return value;
          },
          (error: unknown) => {
            throw error;
          },
        );
      };
      return wrapped as never;
    },
    flush: () => Promise.resolve(),
    tearDown: () => Promise.resolve(),
    disable: () => storage.disable(),
  };
}

const NO_TRACER: Arm = {
  load: () => Promise.resolve(),
  setUp: () => undefined,
  wrap: (_name, work) => work,
  flush: () => Promise.resolve(),
  tearDown: () => Promise.resolve(),
};

/**
 * How many times the sum of its parts the made-up tracer costs: in CPU, over many cycles, so that garbage, cold code and
 * shared caches are in it, as they are in every library and in no operation alone.
 *
 * @param partsNs the constants as found alone
 */
export async function measureTogether(
  partsNs: Readonly<Record<Pace, Readonly<Record<FixedConstant, number>>>>,
  seed: number,
  repeats: number,
): Promise<Record<Pace, number>> {
  const tracer = createMadeUpTracer();
  const traced = createTracedWork(tracer, createPayload('tiny', seed), 0);
  const bare = createTracedWork(NO_TRACER, createPayload('tiny', seed), 0);
  const added = async (pace: Pace, cycles: number): Promise<number> => {
    const tracedUs = await cpuUsOf(() => runCycles(traced, pace, cycles));
    // Without a store that runs, promises are not hooked: the work is as if nobody had ever traced.
    tracer.disable();
    const bareUs = await cpuUsOf(() => runCycles(bare, pace, cycles));
    return ((tracedUs - bareUs) * 1_000) / (cycles * CALIBRATION_BURST);
  };
  await added('tight', WARM_UP_CYCLES);
  const found: Record<Pace, number[]> = { tight: [], paced: [] };
  // In turns, as everything else.
  for (let repeat = 0; repeat < repeats; repeat++) {
    found.tight.push(await added('tight', CYCLES.tight));
    found.paced.push(await added('paced', CYCLES.paced));
  }
  const ratio = (pace: Pace): number => {
    const parts = Object.entries(PARTS) as [FixedConstant, number][];
    const sumNs = parts.reduce((total, [name, times]) => total + times * partsNs[pace][name], 0);
    return Math.min(MOST, Math.max(1, median(found[pace]) / sumNs));
  };
  return { tight: ratio('tight'), paced: ratio('paced') };
}

async function runCycles(runTrace: () => Promise<unknown>, pace: Pace, cycles: number): Promise<void> {
  for (let cycle = 0; cycle < cycles; cycle++) {
    for (let trace = 0; trace < TRACES_PER_CYCLE; trace++) await runTrace();
    await (pace === 'tight' ? giveWay() : rest(REST_MS));
  }
}

async function cpuUsOf(work: () => Promise<void>): Promise<number> {
  const clock = openCpuClock();
  const start = await clock.read();
  await work();
  const end = await clock.read();
  return end.mainUs - start.mainUs;
}
