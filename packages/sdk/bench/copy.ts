import { HEADER_BYTES } from '../src/record/format.js';
import { ValueCopier } from '../src/record/value-copier.js';
import { messagesOf, rotate, textOf } from './payload.js';
import { openBenchRing, type Stage } from './stage.js';

const BUDGET_BYTES = 256 * 1024;

/** Copying one value into the ring, which is walked through as records walk through it. */
export function copyStages(): Stage[] {
  const { ring } = openBenchRing();
  const copier = new ValueCopier(ring.bytes, ring.view);
  let at = 0;
  const copy = (name: string, next: () => unknown): Stage => ({
    name: `copy: ${name}`,
    run: (count) => {
      for (let index = 0; index < count; index++) {
        if (at > 16 * 1024 * 1024) at = 0;
        copier.begin(at + HEADER_BYTES, at + HEADER_BYTES + 2 * BUDGET_BYTES);
        copier.value(next(), BUDGET_BYTES);
        at = (copier.at + 7) & ~7;
      }
    },
  });
  return [
    copy(
      'a small object',
      rotate((seed) => ({ text: textOf('english', 12, seed) })),
    ),
    copy(
      '3 KB in 4 messages',
      rotate((seed) => messagesOf('english', 4, 768, seed)),
    ),
    copy(
      '3 KB in 4 messages, Vietnamese',
      rotate((seed) => messagesOf('vietnamese', 4, 768, seed)),
    ),
    copy(
      '1 KB of text',
      rotate((seed) => textOf('english', 1024, seed)),
    ),
    copy(
      '100 KB of text',
      rotate((seed) => textOf('english', 102_400, seed)),
    ),
    copy(
      '100 KB of text, Vietnamese',
      rotate((seed) => textOf('vietnamese', 102_400, seed)),
    ),
    copy(
      '100 KB in 200 messages',
      rotate((seed) => messagesOf('english', 200, 512, seed)),
    ),
  ];
}
