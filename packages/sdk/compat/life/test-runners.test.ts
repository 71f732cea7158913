import { fileURLToPath } from 'node:url';
import { createOtlpSink, type FaultyServer } from '@slipstream/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runProgram } from './support/run-program.js';

const RUNNERS = fileURLToPath(new URL('./apps/runners', import.meta.url));
const JEST = fileURLToPath(new URL('../node_modules/jest/bin/jest.js', import.meta.url));
const VITEST = fileURLToPath(new URL('../../../../node_modules/vitest/vitest.mjs', import.meta.url));

let sink: FaultyServer;

beforeEach(async () => {
  sink = await createOtlpSink();
});

afterEach(() => sink.close());

function run(file: string, args: readonly string[], flush: boolean) {
  return runProgram(file, { args, env: { SLIPSTREAM_URL: sink.url, TEST_FLUSH: flush ? '1' : '0' }, cwd: RUNNERS });
}

const names = () => sink.spans().map(({ name }) => name);

describe('Jest 30, with a test that traces', () => {
  const args = ['--rootDir', RUNNERS, '--testMatch', '**/*.jest.cjs', '--transform', '{}', '--watchman=false'];

  it.each([[['--detectOpenHandles']], [['--runInBand']], [['--workerThreads', '--maxWorkers=2']]])(
    'ends by itself and finds no open handle (%j)',
    async (more) => {
      const { code, output } = await run(JEST, [...args, ...more], false);
      expect(output).toContain('1 passed');
      expect(output).not.toMatch(/open handle|did not exit|force exited/i);
      expect(code).toBe(0);
    },
    60_000,
  );

  it('delivers what it flushes at its end', async () => {
    expect(await run(JEST, [...args, '--runInBand'], true)).toMatchObject({ code: 0 });
    expect(names()).toEqual(['add']);
  }, 60_000);
});

describe.each(['threads', 'forks', 'vmThreads'])('Vitest in its pool of %s, with a test that traces', (pool) => {
  const args = ['run', '--root', RUNNERS, '--pool', pool];

  it('ends by itself', async () => {
    const { code, output } = await run(VITEST, args, false);
    expect(output).toContain('1 passed');
    expect(output).not.toMatch(/hanging|did not exit|close timed out/i);
    expect(code).toBe(0);
  }, 60_000);

  it('delivers what it flushes at its end', async () => {
    expect(await run(VITEST, args, true)).toMatchObject({ code: 0 });
    expect(names()).toEqual(['add']);
  }, 60_000);
});

it('node --test ends by itself, and delivers without a flush', async () => {
  const { code, output } = await runProgram('--test', {
    args: [`${RUNNERS}/traced.node.mjs`],
    env: { SLIPSTREAM_URL: sink.url },
  });
  expect(output).toContain('pass 1');
  expect(code).toBe(0);
  expect(names()).toEqual(['add']);
});
