import type { DestinationStatus } from '@slipstream/query-api';
import { afterEach, describe, expect, it } from 'vitest';
import { type FakeApi, startFakeApi } from '../../test/fake-api.js';
import { makeTerminal } from '../../test/memory-terminal.js';
import { makeDestination } from '../../test/trace-fixture.js';
import { replayDeadLetters, showDeadLetters } from './dead-letters.js';

let api: FakeApi;

afterEach(() => api.close());

function withLetters(entries: number): DestinationStatus {
  const destination = makeDestination();
  return { ...destination, deadLetters: { ...destination.deadLetters, entries } };
}

async function list(destinations: DestinationStatus[], json = false): Promise<string> {
  api = await startFakeApi({ destinations });
  const { terminal, text } = makeTerminal();
  expect(await showDeadLetters({ url: api.url, token: undefined }, { json }, terminal)).toBe(0);
  return text.out;
}

async function replay(
  entries: number,
  {
    max,
    undeliverable = 0,
    name = 'langfuse',
    json = false,
  }: {
    max?: number;
    undeliverable?: number;
    name?: string;
    json?: boolean;
  } = {},
): Promise<{ code: number; out: string; err: string; asked: number }> {
  api = await startFakeApi({ destinations: [withLetters(entries)], undeliverable });
  const { terminal, text } = makeTerminal();
  const flags = { json, ...(max === undefined ? {} : { max }) };
  const code = await replayDeadLetters({ url: api.url, token: undefined }, name, flags, terminal);
  return { code, ...text, asked: api.requests.filter((line) => line.startsWith('POST')).length };
}

describe('slipstream deadletter', () => {
  it('prints where spans go, what could not be delivered and why', async () => {
    const store = makeDestination({
      name: 'store',
      kind: 'store',
      target: 'duckdb',
      fault: 'disk full',
      deadLetters: { entries: 0, bytes: 0, oldestMs: null, reasons: {} },
    });
    const lines = (await list([store, makeDestination()])).split('\n');
    expect(lines[0]).toMatch(/^destination +kind +target +backlog +delivered +dead letters +bytes +oldest$/);
    expect(lines[1]).toMatch(/^store +store +duckdb +2 +1,234 +0 +0 bytes +-$/);
    expect(lines[2]).toBe('  failing now: disk full');
    expect(lines[3]).toMatch(
      /^langfuse +langfuse +https:\/\/cloud\.langfuse\.com +2 +1,234 +25 +4\.0 KiB +1 h 0 min ago$/,
    );
    expect(lines[4]).toBe('  25 × HTTP 400');
  });

  it('prints the same as JSON', async () => {
    const destinations = [makeDestination()];
    expect(JSON.parse(await list(destinations, true))).toEqual({ destinations });
  });
});

describe('slipstream deadletter replay', () => {
  it('goes on until nothing remains', async () => {
    expect(await replay(2500)).toEqual({
      code: 0,
      out: '',
      err: '2,500 dead letters delivered, 0 left.\n',
      asked: 3,
    });
  });

  it('ends with 7 when nothing moves any more', async () => {
    expect(await replay(1500, { undeliverable: 10 })).toMatchObject({
      code: 7,
      err: '1,490 dead letters delivered, 10 left; of the last ones tried 10 failed again.\n',
      asked: 3,
    });
  });

  it('tries no more than --max', async () => {
    expect(await replay(2500, { max: 1200 })).toMatchObject({
      code: 0,
      err: '1,200 dead letters delivered, 1,300 left.\n',
      asked: 2,
    });
  });

  it('asks once where there are none', async () => {
    expect(await replay(0)).toMatchObject({ code: 0, err: '0 dead letters delivered, 0 left.\n', asked: 1 });
  });

  it('prints its count as JSON', async () => {
    const { out } = await replay(3, { undeliverable: 1, json: true });
    expect(JSON.parse(out)).toEqual({ delivered: 2, failed: 1, remaining: 1 });
  });

  it('says which destinations there are', async () => {
    await expect(replay(1, { name: 'langfuze' })).rejects.toMatchObject({
      code: 'missing',
      message: 'There is no destination langfuze, but langfuse.',
    });
  });
});
