import { giveWay, rest } from '../../sample/rest.js';
import { median } from '../../statistics/quantile.js';
import { CALIBRATION_WARM_UP } from '../constants.js';

/** Does an operation so many times; a promise where it needs turns of its own. */
export type Work = (times: number) => void | Promise<void>;

/** One operation of a library, alone. */
export interface Benchmark<Name extends string> {
  readonly name: Name;
  /** How many operations follow each other before anything else happens, as in a trace or in a batch. */
  readonly burst: number;
  readonly run: Work;
  /** What is taken off: the loop, or the operation without the part that is asked for. */
  readonly without?: Work;
  /** Done after each timed run, outside of its time. */
  readonly after?: () => void;
  /** A run's time is divided by this. @default 1 */
  readonly per?: number;
}

const WARM_UP_LIMIT_MS = 40;
/** The pause of the paced scenarios. */
const REST_MS = 8;
/** Without rest a burst is too short beside the clock. */
const TIGHT_BURSTS = 4;

/** Calls every benchmark as often as a sample of the quick mode calls a library before it measures it. */
export async function warmUpAll(benchmarks: readonly Benchmark<string>[]): Promise<void> {
  for (const benchmark of benchmarks) await warmUp(benchmark);
}

async function warmUp({ run, without, burst }: Benchmark<string>): Promise<void> {
  const begin = performance.now();
  for (let calls = 0; calls < CALIBRATION_WARM_UP && performance.now() - begin < WARM_UP_LIMIT_MS; calls += burst) {
    await run(burst);
    await without?.(burst);
  }
}

/** One of each after the other, so that none has the caches and the compiler to itself. */
export function mixtureOf(benchmarks: readonly Benchmark<string>[]): Benchmark<'together'> {
  const each = (works: readonly Work[]) => (times: number) => {
    for (let index = 0; index < times; index++) for (const work of works) void work(1);
  };
  return {
    name: 'together',
    burst: Math.min(...benchmarks.map(({ burst }) => burst)),
    run: each(benchmarks.map(({ run }) => run)),
    without: each(benchmarks.flatMap(({ without }) => without ?? [])),
  };
}

/**
 * Medians in nanoseconds for one operation, once it is warm. The benchmarks take turns, so that what the machine does
 * meanwhile meets all of them; with a rest, each burst begins as cold as a request does.
 */
export async function measureNs<Name extends string>(
  benchmarks: readonly Benchmark<Name>[],
  isPaced: boolean,
  repeats: number,
): Promise<Record<Name, number>> {
  const rounds = new Map<Name, Round[]>(benchmarks.map(({ name }) => [name, []]));
  const begin = performance.now();
  for (let repeat = 0; repeat < repeats; repeat++) {
    if (repeat >= LEAST_REPEATS && performance.now() - begin > BUDGET_MS) break;
    for (const benchmark of benchmarks) rounds.get(benchmark.name)?.push(await takeRound(benchmark, isPaced));
  }
  const settled = benchmarks.map(({ name, per = 1 }) => [name, settle(rounds.get(name) ?? [], per)] as const);
  return Object.fromEntries(settled) as Record<Name, number>;
}

/** On a busy machine a repeat takes several times as long; a median needs a few all the same. */
const BUDGET_MS = 4_000;
const LEAST_REPEATS = 3;

/** Nanoseconds for one operation, and for what is taken off. */
interface Round {
  readonly wholeNs: number;
  readonly withoutNs: number;
}

/** A difference of two short times can come out below zero by noise; an operation never costs less than nothing. */
const LEAST_NS = 0.1;

/** The difference of the medians: a median of differences would carry the noise of both. */
function settle(rounds: readonly Round[], per: number): number {
  const whole = median(rounds.map(({ wholeNs }) => wholeNs));
  const without = median(rounds.map(({ withoutNs }) => withoutNs));
  return Math.max(LEAST_NS, (whole - without) / per);
}

async function takeRound({ run, without, after, burst }: Benchmark<string>, isPaced: boolean): Promise<Round> {
  const times = isPaced ? burst : burst * TIGHT_BURSTS;
  const wholeNs = await timeNs(run, times, isPaced);
  after?.();
  return { wholeNs, withoutNs: without === undefined ? 0 : await timeNs(without, times, isPaced) };
}

async function timeNs(work: Work, times: number, isPaced: boolean): Promise<number> {
  await (isPaced ? rest(REST_MS) : giveWay());
  const begin = performance.now();
  const pending = work(times);
  if (pending !== undefined) await pending;
  return ((performance.now() - begin) * 1e6) / times;
}
