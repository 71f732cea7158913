import { fileURLToPath } from 'node:url';
import { createOtlpSink, type FaultyServer } from '@slipstream/testkit';
import { beforeEach, describe, expect, it } from 'vitest';
import { runProgram } from './support/run-program.js';

let sink: FaultyServer;

beforeEach(async () => {
  sink = await createOtlpSink();
  return () => sink.close();
});

describe('a process that ends in the turn in which it configured a mask', () => {
  it.each(['mjs', 'cjs'])('delivers, and masks what it delivers: %s', async (extension) => {
    const app = fileURLToPath(new URL(`./apps/short/masked.${extension}`, import.meta.url));
    expect(await runProgram(app, { env: { SLIPSTREAM_URL: sink.url } })).toMatchObject({ code: 0, output: '' });
    const text = JSON.stringify(sink.spans(), (_key, value) => (typeof value === 'bigint' ? String(value) : value));
    expect(sink.spans()).toHaveLength(1);
    expect(text).toContain('[masked:email] wants [masked:order]');
    expect(text).not.toMatch(/lan@example|ORD-1234/);
  });
});
