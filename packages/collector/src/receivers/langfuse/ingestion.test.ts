import { type Observation, readExportRequest, toObservation } from '@slipstream/wire';
import { beforeEach, describe, expect, it } from 'vitest';
import { rowOf } from '../../../test/support/memory-store.js';
import type { AppendResult, Queue } from '../../queue/contract.js';
import { createReceiverStats } from '../receiver-stats.js';
import { readEvent } from './events.js';
import { Ingestion, type IngestionSettings, type IngestOutcome } from './ingestion.js';
import type { ObservationLookup } from './lookup.js';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const START_MS = Date.UTC(2026, 0, 1);
const SENDER = { name: 'test', version: '' };

/** What the queue took, by version, as a store would see it. */
let versions: Observation[];
let results: AppendResult[];
let asked: string[];
let eventNumber: number;

beforeEach(() => {
  versions = [];
  results = [];
  asked = [];
  eventNumber = 0;
});

const queue: Pick<Queue, 'append'> = {
  async append({ payload }) {
    const result = results.shift() ?? { kind: 'ok', id: versions.length + 1 };
    if (result.kind !== 'ok') return result;
    for (const { resource, scopeSpans } of readExportRequest(payload).request.resourceSpans) {
      for (const { scope, spans } of scopeSpans) {
        versions.push(...spans.map((span) => toObservation(span, resource, scope)));
      }
    }
    return result;
  },
};

/** Looks up in the versions that were taken, and notes what it is asked. */
function lookupOf(isExclusive = true): ObservationLookup {
  const newest = (spanId: string) => versions.filter((each) => each.spanId === spanId).at(-1);
  return {
    isExclusive,
    mark: () => versions.length,
    async storedTraces(traceIds, mark) {
      if (traceIds.length > 0) asked.push(`${traceIds.length === 1 ? 'trace' : `${traceIds.length} traces`} ${mark}`);
      return new Set(versions.map(({ traceId }) => traceId));
    },
    async find(_traceId, spanId, mark) {
      const found = newest(spanId);
      asked.push(`${found?.name ?? 'none'} ${mark}`);
      return found && rowOf(found);
    },
  };
}

function open(settings: Partial<IngestionSettings> = {}): Ingestion {
  return new Ingestion({ queue: queue as Queue, lookup: lookupOf(), stats: createReceiverStats(), ...settings });
}

function take(ingestion: Ingestion, type: string, body: object, id = `e${eventNumber}`): Promise<IngestOutcome> {
  const timestamp = new Date(START_MS + eventNumber++).toISOString();
  return ingestion.take([readEvent({ id, type, timestamp, body: { traceId: TRACE, ...body } }, 0)], SENDER);
}

const DONE = { kind: 'done', problems: new Map() };
const FULL: AppendResult = { kind: 'unavailable', reason: 'queue_full', retryAfterMs: 7 };

describe('the ingestion of events', () => {
  it('acknowledges nothing that the queue did not take, and says it whole when it comes again', async () => {
    const ingestion = open();
    await take(ingestion, 'span-create', { id: 'a', name: 'a', input: 'i' });
    results = [FULL];
    expect(await take(ingestion, 'span-update', { id: 'a', output: 'o' }, 'again')).toMatchObject({
      kind: 'unavailable',
      retryAfterMs: 7,
    });
    eventNumber--;
    expect(await take(ingestion, 'span-update', { id: 'a', output: 'o' }, 'again')).toEqual(DONE);
    expect(versions).toHaveLength(2);
    expect(versions[1]).toMatchObject({ input: 'i', output: 'o' });
  });

  it('does not take a first version for known that the queue refused', async () => {
    const ingestion = open();
    results = [FULL];
    await take(ingestion, 'span-create', { id: 'a', name: 'a', input: 'i' }, 'again');
    await take(ingestion, 'span-create', { id: 'a', name: 'a', input: 'i' }, 'again');
    expect(versions).toEqual([expect.objectContaining({ name: 'a', input: 'i' })]);
  });

  it('asks the store once of a new trace, and of nothing in it as long as it knows it whole', async () => {
    const ingestion = open();
    for (const id of ['a', 'b', 'c']) {
      await take(ingestion, 'span-create', { id, name: id });
      await take(ingestion, 'span-update', { id, output: 'o' });
    }
    expect(asked).toEqual(['trace 0']);
  });

  it('asks the store of each observation of a trace that others have written to', async () => {
    await take(open(), 'span-create', { id: 'a', name: 'a', input: 'i' });
    const ingestion = open();
    await take(ingestion, 'span-update', { id: 'a', output: 'o' });
    await take(ingestion, 'span-create', { id: 'b', name: 'b' });
    await take(ingestion, 'span-update', { id: 'b', output: 'o' });
    expect(asked).toEqual(['trace 0', 'trace 1', 'a 1', 'none 1']);
    expect(versions[1]).toMatchObject({ name: 'a', input: 'i', output: 'o' });
  });

  it.each([
    ['number', { maxEntities: 2 }],
    ['size', { maxBytes: 1600 }],
  ])(
    'keeps no more than its limit of %s, and finds the rest in the store, as far as it was then',
    async (_, limits) => {
      const ingestion = open({ tableLimits: limits });
      for (const id of ['a', 'b', 'c']) await take(ingestion, 'span-create', { id, name: id, input: `of ${id}` });
      asked = [];
      await take(ingestion, 'span-update', { id: 'c', output: 'o' });
      expect(asked).toEqual([]);
      await take(ingestion, 'span-update', { id: 'a', output: 'o' });
      expect(asked).toEqual(['a 1']);
      expect(versions.at(-1)).toMatchObject({ name: 'a', input: 'of a', output: 'o' });
    },
  );

  it('asks the store each time, and of the present, where other collectors write to the same queue', async () => {
    const ingestion = open({ lookup: lookupOf(false) });
    await take(ingestion, 'span-create', { id: 'a', name: 'a' });
    await take(ingestion, 'span-update', { id: 'a', output: 'o' });
    expect(asked).toEqual(['trace 0', 'trace 1', 'a 1']);
  });

  it('asks the store once of all new traces of a batch', async () => {
    const ingestion = open();
    const events = Array.from({ length: 30 }, (_, index) =>
      readEvent({ id: `e${index}`, type: 'span-create', body: { id: 'a', traceId: `t${index}`, name: 'a' } }, START_MS),
    );
    expect(await ingestion.take(events, SENDER)).toEqual(DONE);
    expect(asked).toEqual(['30 traces 0']);
    expect(versions).toHaveLength(30);
  });

  it('asks no more once the store has failed to answer', async () => {
    await take(open(), 'span-create', { id: 'known', name: 'known' });
    let questions = 0;
    const lookup: ObservationLookup = {
      ...lookupOf(),
      async find() {
        questions++;
        if (questions === 1) throw new TypeError('away');
        await new Promise((resolve) => setImmediate(resolve));
        return undefined;
      },
    };
    const events = Array.from({ length: 100 }, (_, index) =>
      readEvent({ id: `u${index}`, type: 'span-update', body: { id: `s${index}`, traceId: TRACE } }, START_MS),
    );
    expect(await open({ lookup }).take(events, SENDER)).toMatchObject({ kind: 'unavailable' });
    for (let turn = 0; turn < 200; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(questions).toBeLessThan(10);
  });

  it('finds what had to go from memory while the store was asked about other traces of the batch', async () => {
    let answer = (): void => undefined;
    let isHeld = false;
    const quick = lookupOf();
    const lookup: ObservationLookup = {
      ...quick,
      async storedTraces(traceIds, mark) {
        if (isHeld && traceIds.length === 1) {
          isHeld = false;
          await new Promise<void>((resolve) => {
            answer = resolve;
          });
        }
        return quick.storedTraces(traceIds, mark);
      },
    };
    const ingestion = open({ lookup, tableLimits: { maxEntities: 2 } });
    await take(ingestion, 'span-create', { id: 'a', name: 'a', input: 'of a' });
    isHeld = true;
    const waiting = ingestion.take(
      [
        readEvent({ id: 'u', type: 'span-update', body: { id: 'a', traceId: TRACE, output: 'o' } }, START_MS + 10),
        readEvent({ id: 'n', type: 'span-create', body: { id: 'n', traceId: 'new', name: 'n' } }, START_MS + 10),
      ],
      SENDER,
    );
    await take(ingestion, 'span-create', { id: 'b', traceId: 'other', name: 'b' });
    await take(ingestion, 'span-create', { id: 'c', traceId: 'other', name: 'c' });
    answer();
    expect(await waiting).toEqual(DONE);
    expect(versions.at(-1)).toMatchObject({ name: 'a', input: 'of a', output: 'o' });
  });

  it('finds what had to go from memory while another part of its trace was made durable', async () => {
    let finish = (): void => undefined;
    let isHeld = false;
    const slow: Pick<Queue, 'append'> = {
      async append(entry) {
        if (isHeld) {
          isHeld = false;
          await new Promise<void>((resolve) => {
            finish = resolve;
          });
        }
        return queue.append(entry);
      },
    };
    const ingestion = open({ queue: slow as Queue, tableLimits: { maxEntities: 2 } });
    await take(ingestion, 'span-create', { id: 'a', name: 'a', input: 'of a' });
    await take(ingestion, 'span-create', { id: 'b', name: 'b', input: 'of b' });
    isHeld = true;
    const waiting = take(ingestion, 'span-update', { id: 'a', output: 'o' });
    await take(ingestion, 'span-create', { id: 'c', traceId: 'other', name: 'c' });
    await take(ingestion, 'span-create', { id: 'd', traceId: 'other', name: 'd' });
    finish();
    await waiting;
    await take(ingestion, 'span-update', { id: 'b', output: 'o' });
    expect(versions.at(-1)).toMatchObject({ name: 'b', input: 'of b', output: 'o' });
  });

  it('takes events of the same id that are about different things', async () => {
    const ingestion = open();
    await take(ingestion, 'span-create', { id: 'a', name: 'a' }, '1');
    await take(ingestion, 'span-create', { id: 'b', name: 'b' }, '1');
    await take(ingestion, 'span-create', { id: 'b', name: 'again' }, '1');
    expect(versions.map(({ name }) => name)).toEqual(['a', 'b']);
  });

  it('lets the later value stay where two of them are nested too deeply to become one', async () => {
    await take(open(), 'span-create', { id: 'a', name: 'a' });
    const deep = `{"x":${'['.repeat(50_000)}${']'.repeat(50_000)}}`;
    versions = versions.map((each) => ({ ...each, metadata: new Map([['k', deep]]) }));
    expect(await take(open(), 'span-update', { id: 'a', metadata: { k: { y: 1 } } })).toEqual(DONE);
    expect(versions.at(-1)?.metadata.get('k')).toBe('{"y":1}');
  });

  it('gives each version a higher revision, whatever the clocks of the senders', async () => {
    const ingestion = open();
    await take(ingestion, 'span-create', { id: 'a', name: 'a' });
    eventNumber = -1000;
    await take(ingestion, 'span-update', { id: 'a', output: 'o' });
    await take(ingestion, 'span-update', { id: 'a', metadata: { late: 1 } });
    const revisions = versions.map(({ revision }) => revision);
    expect(revisions).toEqual([START_MS, START_MS + 1, START_MS + 2]);
  });

  it('refuses what would make metadata of an observation too large, and keeps what was there', async () => {
    const ingestion = open();
    const keys = (from: number) => Object.fromEntries(Array.from({ length: 600 }, (_, i) => [`k${from + i}`, i]));
    await take(ingestion, 'span-create', { id: 'a', name: 'a', metadata: keys(0) });
    const outcome = await take(ingestion, 'span-update', { id: 'a', metadata: keys(500) });
    expect(outcome).toEqual({ kind: 'done', problems: new Map([[0, expect.stringContaining('1000 keys')]]) });
    expect(versions).toHaveLength(1);
  });
});
