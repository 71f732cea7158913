import { median } from '../../statistics/quantile.js';
import {
  type Charset,
  FIXED_CONSTANTS,
  type FixedConstant,
  type Pace,
  TEXT_CONSTANTS,
  type TextConstant,
  type TextSize,
} from '../constants.js';
import { type Benchmark, measureNs, mixtureOf, warmUpAll } from './benchmark.js';
import { measureBeside } from './beside.js';
import { fixedBenchmarks, isBesideWorker } from './fixed-benchmarks.js';
import { measureMachine, startBareServer } from './machine-benchmarks.js';
import { measureTogether } from './made-up-tracer.js';
import type { CalibrationCommand, CalibrationMessage, CalibrationTask } from './protocol.js';
import { openReadMemory } from './read-memory.js';
import { SHARED_BYTES, TEXT_KINDS, type TextKind, textBenchmarks } from './text-benchmarks.js';

const task = JSON.parse(process.argv[2] ?? '{}') as CalibrationTask;

function send(message: CalibrationMessage): void {
  process.send?.(message);
}

function next(type: CalibrationCommand['type']): Promise<void> {
  return new Promise((resolve) => {
    const listener = (command: CalibrationCommand): void => {
      if (command.type !== type) return;
      process.off('message', listener);
      resolve();
    };
    process.on('message', listener);
  });
}

const MACHINE_ROUNDS = 5;
/** Each takes about two seconds; fewer where the whole calibration is to be a short one. */
const TOGETHER_REPEATS = Math.min(5, Math.ceil(task.repeats / 4));

const textName = ({ size, charset }: TextKind, name: TextConstant): string => `${size} ${charset} ${name}`;

const memory = await openReadMemory(SHARED_BYTES);
const fixed = fixedBenchmarks(memory);
const mixture = mixtureOf(fixed.filter(isBesideWorker));

// All of them take turns, so that each meets the same moments of the machine.
const benchmarks: readonly Benchmark<string>[] = [
  ...fixed,
  ...TEXT_KINDS.flatMap((kind) =>
    textBenchmarks(kind, task.seed, memory).map((benchmark) => ({
      ...benchmark,
      name: textName(kind, benchmark.name),
    })),
  ),
];

/** Both paces in turns: a moment in which the machine is faster or slower than it mostly is must not decide one of them. */
const PASSES = Math.min(3, task.repeats);

async function measurePaces() {
  const found: Record<Pace, Record<string, number>[]> = { tight: [], paced: [] };
  for (let pass = 0; pass < PASSES; pass++) {
    const repeats = Math.ceil(task.repeats / PASSES);
    found.tight.push(await measureNs(benchmarks, false, repeats));
    found.paced.push(await measureNs(benchmarks, true, repeats));
  }
  return { tight: constantsOf(mediansOf(found.tight)), paced: constantsOf(mediansOf(found.paced)) };
}

function mediansOf(passes: readonly Record<string, number>[]): Record<string, number> {
  const names = benchmarks.map(({ name }) => name);
  return Object.fromEntries(names.map((name) => [name, median(passes.map((pass) => pass[name] ?? Number.NaN))]));
}

function constantsOf(found: Record<string, number>) {
  const read = <Name extends string>(names: readonly Name[], keyOf: (name: Name) => string): Record<Name, number> =>
    Object.fromEntries(names.map((name) => [name, found[keyOf(name)]])) as Record<Name, number>;
  const textOf = (size: TextSize, charset: Charset) =>
    read(Object.keys(TEXT_CONSTANTS) as TextConstant[], (name) => textName({ size, charset }, name));
  const bySize = (size: TextSize) => ({ oneByte: textOf(size, 'oneByte'), twoByte: textOf(size, 'twoByte') });
  return {
    fixed: read(Object.keys(FIXED_CONSTANTS) as FixedConstant[], (name) => name),
    text: { short: bySize('short'), long: bySize('long') },
  };
}

/** What is done after a rest is never cheaper than in a loop; where it came out so, a difference was lost in noise. */
function atLeast<Measured extends { readonly fixed: Record<FixedConstant, number> }>(
  cold: Measured,
  warm: Measured,
): Measured {
  const names = Object.keys(FIXED_CONSTANTS) as FixedConstant[];
  const fixed = Object.fromEntries(names.map((name) => [name, Math.max(cold.fixed[name], warm.fixed[name])]));
  return { ...cold, fixed };
}

process.on('disconnect', () => process.exit(0));
// The server first: a load generator in another process asks it before anything else is compiled.
const server = await startBareServer();
const end = next('end');
process.on('message', ({ type }: CalibrationCommand) => {
  if (type === 'loading') void server.start();
  if (type === 'window') void server.stop();
});
const loaded = next('loaded');
send({ type: 'serving', url: server.url });
await loaded;
const requestUs = server.close();
const { timerMs, ...machine } = await measureMachine(task.sinkUrl, task.seed, Math.min(MACHINE_ROUNDS, task.repeats));
await warmUpAll([...benchmarks, mixture]);
const beside = await measureBeside(mixture);
const { tight, paced: found } = await measurePaces();
const paced = atLeast(found, tight);
const together = await measureTogether({ tight: tight.fixed, paced: paced.fixed }, task.seed, TOGETHER_REPEATS);
await memory.close();
send({
  type: 'result',
  result: {
    fixed: { tight: tight.fixed, paced: paced.fixed },
    text: { tight: tight.text, paced: paced.text },
    together,
    beside,
    machine: { ...machine, requestUs },
    wait: { timerMs },
  },
});
await end;
process.removeAllListeners('disconnect');
process.disconnect();
process.exit(0);
