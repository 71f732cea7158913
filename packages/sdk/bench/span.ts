import { AsyncLocalStorage } from 'node:async_hooks';
import { ObservationHandle } from '../src/client/observation-handle.js';
import { IdSource } from '../src/context/ids.js';
import { openBenchRing, repeat, type Stage } from './stage.js';

let sink: unknown;

/** What a span needs before anything is copied: context, object, clock, ids. */
export function spanStages(): Stage[] {
  const storage = new AsyncLocalStorage<object>();
  const bench = openBenchRing();
  const ids = new IdSource();
  const trace = { word0: 1, word1: 2, word2: 3, word3: 4, sampled: true, traceState: undefined };
  const store = {};
  const work = (value: unknown): unknown => value;
  const args = [1];
  return [
    {
      name: 'context: run a function in a context',
      run: (count) => {
        for (let index = 0; index < count; index++) sink = storage.run(store, Reflect.apply, work, undefined, args);
      },
    },
    {
      name: 'context: ask for the active one',
      run: (count) => {
        for (let index = 0; index < count; index++) sink = storage.getStore();
      },
    },
    {
      name: 'object: the handle of a span',
      run: (count) =>
        repeat(bench, count, (index) => {
          sink = new ObservationHandle(bench.recorder, trace, index, 1, 2, 3, 0, 'name', 0, index, undefined);
        }),
    },
    {
      name: 'clock: one reading',
      run: (count) => {
        for (let index = 0; index < count; index++) sink = performance.now();
      },
    },
    {
      name: 'ids: those of a span',
      run: (count) => {
        for (let index = 0; index < count; index++) sink = ids.next() ^ ids.nextNonZero();
      },
    },
  ];
}

/** Read once, so that no compiler leaves out what was measured. */
export function lastValue(): unknown {
  return sink;
}
