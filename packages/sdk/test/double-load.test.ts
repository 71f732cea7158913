import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type App, startApp } from './support/app-process.js';
import { attributesOf, startBackend, type TestBackend } from './worker-support/backend.js';

let backend: TestBackend;
let app: App;
let told: { isOneClient: boolean; areThree: boolean; conflicts: string[]; listeners: number[] };

beforeEach(async () => {
  backend = await startBackend();
  app = startApp('double-load.mjs', { env: { SLIPSTREAM_URL: backend.url } });
  told = (await app.message()) as typeof told;
});

afterEach(async () => {
  app.process.kill('SIGKILL');
  await backend.close();
});

describe('three copies of the package in one process', () => {
  it('share one client, whichever configures it, and however often with equal values', () => {
    expect(told).toMatchObject({ areThree: true, isOneClient: true });
    expect(told.conflicts).toEqual(Array(3).fill('SLIPSTREAM_CONFIG_CONFLICT'));
  });

  it.skipIf(process.platform === 'win32')('share one context, and one watch over the end of the process', async () => {
    expect(told.listeners).toEqual([1, 1, 1]);
    app.process.kill('SIGTERM');
    expect(await app.ended).toMatchObject({ signal: 'SIGTERM', stderr: '' });
    const spans = Object.fromEntries(backend.spans.map((span) => [span.name, span]));
    expect(Object.keys(spans).sort()).toEqual(['cjs', 'esm', 'given', 'other', 'own 0', 'own 1', 'own 2']);
    expect(spans.cjs?.parentSpanId).toBe(spans.esm?.spanId);
    expect(spans.other?.parentSpanId).toBe(spans.cjs?.spanId);
    expect(spans.given).toMatchObject({ parentSpanId: spans.esm?.spanId, traceId: spans.esm?.traceId });
    expect(attributesOf(spans.other)).toMatchObject({ 'langfuse.observation.metadata.by': 'esm' });
  });
});
