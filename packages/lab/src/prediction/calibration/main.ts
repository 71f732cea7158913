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
import { fixedBenchmarks, isSynchronous } from './fixed-benchmarks.js';
import { measureMachine, startBareServer } from './machine-benchmarks.js';
import type { CalibrationCommand, CalibrationMessage, CalibrationTask } from './protocol.js';
import { TEXT_KINDS, type TextKind, textBenchmarks } from './text-benchmarks.js';

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

const textName = ({ size, charset }: TextKind, name: TextConstant): string => `${size} ${charset} ${name}`;

const fixed = fixedBenchmarks();
const mixed = fixed.filter(isSynchronous);
const mixture = mixtureOf(mixed);

// All of them take turns, so that each meets the same moments of the machine.
const benchmarks: readonly Benchmark<string>[] = [
  ...fixed,
  ...TEXT_KINDS.flatMap((kind) =>
    textBenchmarks(kind, task.seed).map((benchmark) => ({ ...benchmark, name: textName(kind, benchmark.name) })),
  ),
];

async function measurePace(pace: Pace) {
  const found: Record<string, number> = await measureNs([...benchmarks, mixture], pace === 'paced', task.repeats);
  const sumNs = mixed.reduce((total, { name, per = 1 }) => total + (found[name] ?? 0) * per, 0);
  const read = <Name extends string>(names: readonly Name[], keyOf: (name: Name) => string): Record<Name, number> =>
    Object.fromEntries(names.map((name) => [name, found[keyOf(name)]])) as Record<Name, number>;
  const textOf = (size: TextSize, charset: Charset) =>
    read(Object.keys(TEXT_CONSTANTS) as TextConstant[], (name) => textName({ size, charset }, name));
  const bySize = (size: TextSize) => ({ oneByte: textOf(size, 'oneByte'), twoByte: textOf(size, 'twoByte') });
  return {
    fixed: read(Object.keys(FIXED_CONSTANTS) as FixedConstant[], (name) => name),
    text: { short: bySize('short'), long: bySize('long') },
    together: Math.max(1, (found[mixture.name] ?? 0) / sumNs),
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
const loading = next('loading');
const loaded = next('loaded');
const end = next('end');
send({ type: 'serving', url: server.url });
await loading;
await server.start();
await loaded;
const requestUs = await server.stop();
const { timerMs, ...machine } = await measureMachine(task.sinkUrl);
await warmUpAll([...benchmarks, mixture]);
const tight = await measurePace('tight');
const beside = await measureBeside(mixture, task.repeats);
const paced = atLeast(await measurePace('paced'), tight);
send({
  type: 'result',
  result: {
    fixed: { tight: tight.fixed, paced: paced.fixed },
    text: { tight: tight.text, paced: paced.text },
    together: { tight: tight.together, paced: paced.together },
    beside,
    machine: { ...machine, requestUs },
    wait: { timerMs },
  },
});
await end;
process.removeAllListeners('disconnect');
process.disconnect();
process.exit(0);
