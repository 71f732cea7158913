import { HEADER_BYTES } from '../src/record/format.js';
import { rotate, textOf } from './payload.js';
import { openBenchRing, repeat, type Stage } from './stage.js';

/** From a finished span to a record that the worker may read. */
export function handOffStages(): Stage[] {
  const bench = openBenchRing();
  const { ring, recorder } = bench;
  const begin = { name: 'step', type: 0, hasInput: false, input: undefined };
  const root = recorder.start(begin, undefined);
  const span = (name: string, next: () => unknown): Stage => ({
    name,
    run: (count) => repeat(bench, count, () => recorder.start({ ...begin, hasInput: true, input: next() }, root).end()),
  });
  return [
    {
      name: 'hand-off: claim and publish',
      run: (count) =>
        repeat(bench, count, () => {
          const offset = ring.claim();
          ring.words[offset >> 2] = HEADER_BYTES;
          ring.publish(HEADER_BYTES);
        }),
    },
    {
      name: 'hand-off: start and end of a span, nothing captured',
      run: (count) => repeat(bench, count, () => recorder.start(begin, root).end()),
    },
    span(
      'hand-off: a span with 100 KB of text',
      rotate((seed) => textOf('english', 102_400, seed)),
    ),
    span(
      'hand-off: a span with 100 KB of text, Vietnamese',
      rotate((seed) => textOf('vietnamese', 102_400, seed)),
    ),
  ];
}
