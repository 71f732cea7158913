import { readFileSync } from 'node:fs';
import { configure } from '@slipstream/sdk';
import { createLlmServer, type LlmServer } from '@slipstream/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createLessonClient } from '../src/driver/lesson-client.js';
import { type PlannedCall, planTraffic } from '../src/driver/plan.js';
import { startReplay } from '../src/driver/replay.js';
import { parseTraceFile } from '../src/driver/trace-file.js';
import { OpenCalls } from '../src/http/open-calls.js';
import { type RunningService, startService } from '../src/service.js';
import { readSettings } from '../src/settings.js';

let llm: LlmServer;
let service: RunningService;

beforeAll(async () => {
  configure({ enabled: false });
  llm = await createLlmServer();
  service = await startService(readSettings({ PORT: '0', LOG_LEVEL: 'silent' }), { baseUrl: llm.url, apiKey: 'none' });
});

afterAll(async () => {
  await service.stop();
  await llm.close();
});

const rows = parseTraceFile(
  readFileSync(new URL('../../../data/azure-llm-inference-2023-conv.csv', import.meta.url), 'utf8'),
);

async function replay(limit: number, faultRate: number) {
  const plan = planTraffic({ rows, seed: 's', runId: `r${faultRate}`, speed: 100, faultRate, conversationCount: 80 });
  const calls: PlannedCall[] = Array.from({ length: limit }, () => plan.next().value);
  const running = startReplay({
    plan: calls,
    client: createLessonClient(service.url, new OpenCalls()),
    maxInFlightCount: 16,
    limit,
    durationMs: Number.POSITIVE_INFINITY,
    signal: new AbortController().signal,
  });
  await running.done;
  return { books: running.books(), calls };
}

it('replays the recorded token counts: prompts within three percent, answers exactly', async () => {
  const { books, calls } = await replay(120, 0);
  const sum = (of: (call: PlannedCall) => number) => calls.reduce((total, call) => total + of(call), 0);
  expect(books).toMatchObject({ sent: 120, answered: 120, refused: 0, failed: 0 });
  expect(books.completionTokens).toBe(sum(({ turn }) => turn.generatedTokens));
  const ratio = books.promptTokens / sum(({ turn }) => turn.contextTokens);
  expect(Math.abs(ratio - 1)).toBeLessThan(0.03);
});

it('gets errors where it asks for them, and answers for everything else', async () => {
  const before = llm.stats().faults;
  const { books, calls } = await replay(60, 0.6);
  const planned = (fault: string) => calls.filter(({ turn }) => turn.fault === fault).length;
  const { faults } = llm.stats();
  expect(books.refused).toBe(planned('unknown-conversation') + planned('bad-payload'));
  expect(books.answered).toBe(60 - books.refused);
  expect(faults['rate-limit'] - before['rate-limit']).toBe(planned('rate-limit'));
  expect(faults.drop - before.drop).toBe(planned('drop'));
  // The client library tries each of these three times.
  expect(faults['server-error'] - before['server-error']).toBe(planned('server-error') * 3);
});
