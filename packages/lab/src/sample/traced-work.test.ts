import { expect, test } from 'vitest';
import type { Arm } from '../arms/contract.js';
import { createUntracedArm } from '../arms/untraced/arm.js';
import { createPayload } from './payload.js';
import { createTracedWork, SPANS_PER_TRACE } from './traced-work.js';

test('a trace is a root, two steps and four leaves, each with an input and an output', async () => {
  const calls: { name: string; input: unknown; output: unknown }[] = [];
  const arm: Arm = {
    ...createUntracedArm(),
    wrap: (name, work) => (input) => {
      const output = work(input);
      calls.push({ name, input, output });
      return output;
    },
  };
  await createTracedWork(arm, createPayload('tiny', 1), 0)();
  expect(calls.length).toBe(SPANS_PER_TRACE);
  expect(calls.map((call) => call.name).sort()).toEqual([
    'answer',
    'classify',
    'classify',
    'lesson',
    'lookup',
    'lookup',
    'prepare',
  ]);
  for (const { input, output } of calls) {
    expect(input).toBeDefined();
    expect(await output).toBeDefined();
  }
});
