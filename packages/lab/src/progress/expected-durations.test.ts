import { expect, test } from 'vitest';
import { scenariosOf } from '../runner/scenarios.js';
import { createExpectedDurations, learnDurations } from './expected-durations.js';
import { estimateSampleMs } from './sample-prior.js';

const [loop, other] = scenariosOf('quick');

test('before a round the settings are believed, corrected by how far off they were so far', () => {
  const durations = createExpectedDurations();
  const step = { scenario: loop!, arm: 'slipstream' } as const;
  const next = { scenario: other!, arm: 'langfuse' } as const;
  expect(durations.expectMs(next)).toBe(estimateSampleMs(other!, 'langfuse'));
  durations.add(step, 2 * estimateSampleMs(loop!, 'slipstream'));
  expect(durations.expectMs(next)).toBeCloseTo(2 * estimateSampleMs(other!, 'langfuse'));
});

test('what was taken before is expected again, whatever the settings say and one slow sample does', () => {
  const durations = createExpectedDurations();
  const sample = (durationMs: number) => ({ scenario: loop!.name, arm: 'slipstream', durationMs }) as never;
  learnDurations(durations, [sample(700), sample(90_000), sample(710)], [loop!]);
  expect(durations.expectMs({ scenario: loop!, arm: 'slipstream' })).toBe(710);
});
