import { Readable } from 'node:stream';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { beforeEach, describe, expect, it } from 'vitest';
import { createObserving, type Observing, turns } from '../../test/support/observing.js';
import { until } from '../../test/worker-support/until.js';
import { observe } from './observe.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

let observing: Observing;

beforeEach(() => {
  observing = createObserving();
});

/** Each in a function of its own, so that nothing on the stack keeps its result. */
const ABANDONED: readonly [string, (observing: Observing) => unknown][] = [
  [
    'a generator left half-way',
    ({ client }) =>
      observe(
        function* () {
          yield 1;
          yield 2;
        },
        { client },
      )().next(),
  ],
  ['a Web stream that nobody reads', ({ client }) => observe(() => new ReadableStream(), { client })().locked],
  ['a Node stream that nobody reads', ({ client }) => observe(() => Readable.from(['x']), { client })().readable],
  [
    'a promise of its own class that nobody awaits',
    ({ client }) => void observe(() => new (class extends Promise<number> {})((resolve) => resolve(1)), { client })(),
  ],
  [
    'an async iterable that nobody iterates',
    ({ client }) => void observe(() => ({ async *[Symbol.asyncIterator]() {} }), { client })(),
  ],
];

describe('a lazy result that is abandoned', () => {
  it.each(ABANDONED)('ends its observation once it is collected: %s', async (_, abandon) => {
    const begunMs = performance.now();
    abandon(observing);
    const abandonedMs = performance.now();
    expect(observing.ended()).toEqual([]);
    let spans = observing.ended();
    await until(() => {
      collectGarbage();
      spans = observing.ended();
      return spans.length === 1;
    });
    expect(spans[0]?.fields.metadata).toEqual(new Map([['slipstream_abandoned', 'true']]));
    // Where its last step was, not where the garbage was collected; to the wall clock's millisecond.
    expect(spans[0]!.endMs).toBeGreaterThanOrEqual(begunMs - 2);
    expect(spans[0]!.endMs).toBeLessThanOrEqual(abandonedMs + 2);
  });

  it('is not kept alive by its observation', async () => {
    const { client } = observing;
    const references = Array.from({ length: 20 }, () => {
      const followed = observe(() => Readable.from(['x']), { client })();
      return new WeakRef(followed);
    });
    await until(() => {
      collectGarbage();
      return references.every((reference) => reference.deref() === undefined);
    });
  });

  it('says nothing when it was consumed before', async () => {
    const { client } = observing;
    (() => [...observe(() => [1].values(), { client })()])();
    await turns(2);
    expect(observing.ended()).toHaveLength(1);
    for (let round = 0; round < 5; round++) {
      collectGarbage();
      await turns(2);
    }
    expect(observing.ended()).toEqual([]);
  });
});
