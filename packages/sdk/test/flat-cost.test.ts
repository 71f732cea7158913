import { describe, expect, it } from 'vitest';
import type { ObservationHandle } from '../src/client/observation-handle.js';
import { SLOT } from '../src/ring/layout.js';
import { createRecording } from './support/recording.js';

/** Short rounds in turns, the least of each: what a neighbour on the core adds never makes a round shorter. */
function leastMs(rounds: number, works: readonly (() => void)[]): number[] {
  const least = works.map(() => Number.POSITIVE_INFINITY);
  for (let round = 0; round < rounds; round++) {
    for (const [index, work] of works.entries()) {
      const begun = performance.now();
      work();
      least[index] = Math.min(least[index] ?? Number.POSITIVE_INFINITY, performance.now() - begun);
    }
  }
  return least;
}

const SPANS = 400;

function below(parent: ObservationHandle, empty: () => void): () => void {
  const begin = { name: 'step', type: 0, hasInput: false, input: undefined };
  return () => {
    for (let index = 0; index < SPANS; index++) parent.recorder.start(begin, parent).end();
    empty();
  };
}

function chain(root: ObservationHandle, depth: number): ObservationHandle {
  let parent = root;
  for (let level = 0; level < depth; level++) {
    parent = parent.recorder.start({ name: 'level', type: 0, hasInput: false, input: undefined }, parent);
  }
  return parent;
}

describe('what a span costs', () => {
  it('is the same at every depth, and however many spans are open', () => {
    const { recorder, memory } = createRecording();
    const { slots } = memory;
    const empty = () => Atomics.store(slots, SLOT.READ_POSITION, Atomics.load(slots, SLOT.WRITE_POSITION));
    const begin = { name: 'root', type: 0, hasInput: false, input: undefined };
    const shallow = below(recorder.start(begin, undefined), empty);
    const deep = below(chain(recorder.start(begin, undefined), 10_000), empty);
    const beforeMs = leastMs(60, [shallow, deep]);
    const open = Array.from({ length: 50_000 }, () => recorder.start({ ...begin, name: 'open' }, undefined));
    empty();
    const [crowdedMs] = leastMs(60, [shallow]);

    expect(open.every(({ ended }) => !ended)).toBe(true);
    expect((beforeMs[1] as number) / (beforeMs[0] as number)).toBeLessThan(2);
    expect((crowdedMs as number) / (beforeMs[0] as number)).toBeLessThan(2);
  });
});
