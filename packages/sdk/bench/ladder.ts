import { Client } from '../src/client/client.js';
import { ObservationHandle } from '../src/client/observation-handle.js';
import { decideSettings } from '../src/config.js';
import { processState } from '../src/context/active-span.js';
import { IdSource } from '../src/context/ids.js';
import { observe } from '../src/observe/observe.js';
import { messagesOf, rotate, textOf } from './payload.js';
import { type BenchRing, openBenchRing, type Stage } from './stage.js';

type Work = (input: unknown) => Promise<unknown>;
type Wrap = (work: Work) => Work;

const SPANS_PER_TRACE = 7;

/** Seven nested async functions, each with an input and an output: what the lab traces, too. */
function traceOf(wrap: Wrap, nextInput: () => unknown, nextOutput: () => unknown): () => Promise<unknown> {
  const leaf: Work = async () => {
    await Promise.resolve();
    return nextOutput();
  };
  const [first, second] = [wrap(leaf), wrap(leaf)];
  const step: Work = async () => {
    await first(nextInput());
    await second(nextInput());
    return nextOutput();
  };
  const [prepare, answer] = [wrap(step), wrap(step)];
  const root = wrap(async () => {
    await prepare(nextInput());
    await answer(nextInput());
    return nextOutput();
  });
  return () => root(nextInput());
}

/** A client whose ring nobody but the measurement empties. */
function benchClient(bench: BenchRing, captures: boolean, enabled = true): Client {
  const capture = { captureInput: captures, captureOutput: captures };
  const client = new Client(decideSettings({ service: 'bench', enabled, ...capture }, {}));
  Object.defineProperty(client, 'recorder', { value: bench.recorder });
  return client;
}

/** What each part of tracing adds, one part after the other. */
function wraps(
  bench: BenchRing,
): Readonly<Record<'bare' | 'followed' | 'inContext' | 'withObject' | 'recorded', Wrap>> {
  const { storage } = processState;
  const ids = new IdSource();
  const trace = { word0: 1, word1: 2, word2: 3, word3: 4, sampled: true, traceState: undefined };
  return {
    bare: (work) => (input) => work(input),
    followed: (work) => (input) => work(input).then((value) => value),
    inContext: (work) => (input) => storage.run(bench.recorder as never, work, input).then((value) => value),
    withObject: (work) => (input) => {
      const high = ids.next();
      const now = performance.now();
      const handle = new ObservationHandle(bench.recorder, trace, high, 1, 0, 0, 0, 'step', 0, now, undefined);
      return storage.run(handle, work, input).then((value) => value);
    },
    recorded: (work) => (input) => {
      const begin = { name: 'step', type: 0, hasInput: false, input: undefined };
      const handle = bench.recorder.start(begin, storage.getStore());
      return storage.run(handle, work, input).then((value) => {
        handle.end();
        return value;
      });
    },
  };
}

interface Values {
  readonly input: () => unknown;
  readonly output: () => unknown;
}

function valuesOf(language: 'english' | 'vietnamese'): Values {
  return {
    input: rotate((seed) => messagesOf(language, 4, 768, seed)),
    output: rotate((seed) => textOf(language, 1024, seed)),
  };
}

/** The figures are per span. The first rung is the untraced work, in a process that has a context like all others. */
export function ladder(): Stage[] {
  const bench = openBenchRing();
  const { bare, followed, inContext, withObject, recorded } = wraps(bench);
  const tiny: Values = {
    input: rotate((seed) => ({ text: textOf('english', 12, seed) })),
    output: rotate((seed) => textOf('english', 8, seed)),
  };
  const observed = (captures: boolean, enabled = true): Wrap => {
    const client = benchClient(bench, captures, enabled);
    return (work) => observe(work, { name: 'step', client });
  };
  const rung = (name: string, wrap: Wrap, values = tiny): Stage => {
    const run = traceOf(wrap, values.input, values.output);
    return {
      name: `ladder: ${name}`,
      partsPerRun: SPANS_PER_TRACE,
      run: async (count) => {
        for (let index = 0; index < count; index++) {
          await run();
          if ((index & 3) === 0) bench.empty();
        }
      },
    };
  };
  return [
    rung('0 the work alone', bare),
    rung('1 + its promise followed', followed),
    rung('2 + a context', inContext),
    rung('3 + a handle, clock, ids', withObject),
    rung('4 + records', recorded),
    rung('5 observe, nothing captured', observed(false)),
    rung('6 observe, tiny values', observed(true)),
    rung('7 observe, 4 KB', observed(true), valuesOf('english')),
    rung('8 observe, 4 KB, Vietnamese', observed(true), valuesOf('vietnamese')),
    rung('observe, enabled: false', observed(false, false)),
  ];
}
