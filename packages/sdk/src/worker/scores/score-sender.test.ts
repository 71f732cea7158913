import { beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../../../test/worker-support/pipeline-fixture.js';
import { allocateRing, COUNT } from '../../ring/layout.js';
import { Books } from '../books.js';
import type { Transport, TransportOutcome } from '../transport.js';
import { ScoreFields } from './score-fields.js';
import { ScoreSender } from './score-sender.js';

/** What a Slipstream collector answers. */
const TAKEN: TransportOutcome = {
  kind: 'answered',
  status: 207,
  contentType: 'application/json',
  retryAfter: undefined,
  isCollector: true,
  body: Buffer.from('{"successes":[],"errors":[]}'),
};

let clock: ManualClock;
let books: Books;
let log: string[];
let sent: { readonly names: string[]; readonly answer: (outcome: TransportOutcome) => Promise<void> }[];
let settledCount: number;

beforeEach(() => {
  clock = new ManualClock();
  books = new Books(allocateRing(4096, 1024).counts);
  log = [];
  sent = [];
  settledCount = 0;
});

function createSender(batchAgeMs = 100): ScoreSender {
  const transport: Transport = {
    isLoopback: true,
    origin: 'http://test',
    close: () => undefined,
    post: ({ body }) =>
      new Promise((resolve) => {
        const { batch } = JSON.parse(Buffer.from(body).toString()) as { batch: { body: { name: string } }[] };
        sent.push({
          names: batch.map((event) => event.body.name),
          answer: async (outcome) => {
            resolve(outcome);
            await new Promise((turn) => setImmediate(turn));
          },
        });
      }),
  };
  return new ScoreSender({
    transport,
    books,
    clock,
    log: (line) => log.push(line),
    random: () => 1,
    settings: { url: 'http://test', headers: {}, environment: undefined, batchAgeMs },
    mask: (fields) => {
      if (fields.comment === 'unmaskable') throw new TypeError('mask');
    },
    toWallMs: (ms) => ms,
    onSettled: () => {
      settledCount += 1;
    },
  });
}

function add(sender: ScoreSender, name: string, comment = ''): void {
  const fields = Object.assign(new ScoreFields(), { name, value: 1n, traceId: 't', comment });
  sender.add({ kind: 'score', fields, atMs: 1 });
}

const delivered = () => books.read(COUNT.SCORES_DELIVERED);
const dropped = () => books.read(COUNT.SCORES_DROPPED);

describe('a sender of scores', () => {
  it('waits for others as long as it may, unless somebody waits for it', async () => {
    const sender = createSender(100);
    add(sender, 'a');
    clock.advance(99);
    sender.dispatch(false);
    expect(sent).toHaveLength(0);
    add(sender, 'b');
    clock.advance(1);
    sender.dispatch(false);
    expect(sent.map(({ names }) => names)).toEqual([['a', 'b']]);
    await sent[0]?.answer(TAKEN);
    add(sender, 'c');
    sender.dispatch(true);
    expect(sent[1]?.names).toEqual(['c']);
    expect([delivered(), settledCount]).toEqual([2, 1]);
  });

  it('sends at once what fills a request: 100, and no more of them', () => {
    const sender = createSender();
    for (let index = 0; index < 99; index++) add(sender, `${index}`);
    sender.dispatch(false);
    expect(sent).toHaveLength(0);
    for (const name of ['99', '100']) add(sender, name);
    sender.dispatch(false);
    expect(sent[0]?.names).toHaveLength(100);
  });

  it('has one request under way, and keeps those that came meanwhile for the next', async () => {
    const sender = createSender();
    add(sender, 'a');
    sender.dispatch(true);
    add(sender, 'b');
    sender.dispatch(true);
    expect(sent).toHaveLength(1);
    expect([sender.oldestNumber, sender.lastNumber, sender.isEmpty]).toEqual([1, 2, false]);
    await sent[0]?.answer(TAKEN);
    expect(sender.oldestNumber).toBe(2);
    sender.dispatch(true);
    await sent[1]?.answer(TAKEN);
    expect([sender.oldestNumber, sender.isEmpty]).toEqual([Number.POSITIVE_INFINITY, true]);
  });

  it.each([
    [10_000, 0],
    [10_001, 1],
  ])('lets %d scores wait, and %d of the oldest go', (count, expected) => {
    const sender = createSender();
    for (let index = 0; index < count; index++) add(sender, `${index}`);
    expect(dropped()).toBe(expected);
    expect(sender.oldestNumber).toBe(expected + 1);
    expect(log).toHaveLength(expected);
  });

  it('lets 4 MiB wait, and counts what is under way when it comes back', async () => {
    const sender = createSender();
    const megabyte = 'x'.repeat(1024 * 1024);
    add(sender, 'first', megabyte);
    sender.dispatch(true);
    expect(sent[0]?.names).toEqual(['first']);
    for (let index = 0; index < 3; index++) add(sender, `${index}`, megabyte);
    expect(dropped()).toBe(0);
    await sent[0]?.answer({ kind: 'failed', reason: 'ECONNREFUSED', hadConnection: false });
    expect(dropped()).toBe(1);
    expect(sender.oldestNumber).toBe(2);
  });

  it('tries again after a fault, not before its time, and unless it is hurried', async () => {
    const sender = createSender();
    add(sender, 'a');
    sender.dispatch(true);
    await sent[0]?.answer({ ...TAKEN, status: 503, isCollector: false });
    sender.dispatch(true);
    expect(sent).toHaveLength(1);
    clock.advance(1_000);
    sender.dispatch(true);
    expect(sent[1]?.names).toEqual(['a']);
    await sent[1]?.answer({ ...TAKEN, status: 429, retryAfter: '30' });
    sender.hurry(false);
    sender.dispatch(true);
    expect(sent).toHaveLength(2);
    sender.hurry(true);
    sender.dispatch(true);
    expect(sent).toHaveLength(3);
    await sent[2]?.answer(TAKEN);
    expect([delivered(), dropped()]).toEqual([1, 0]);
  });

  it('asks a backend that takes no scores again after a minute, and not before', async () => {
    const sender = createSender();
    add(sender, 'a');
    add(sender, 'b');
    sender.dispatch(true);
    await sent[0]?.answer({ ...TAKEN, status: 404, isCollector: false });
    clock.advance(59_999);
    add(sender, 'c');
    sender.dispatch(true);
    expect([sent.length, dropped(), sender.isEmpty]).toEqual([1, 3, true]);
    clock.advance(1);
    add(sender, 'd');
    sender.dispatch(true);
    await sent[1]?.answer(TAKEN);
    expect([delivered(), dropped()]).toEqual([1, 3]);
    expect(log).toEqual(['dropping scores: the backend takes no scores; further ones are counted in stats().scores']);
  });

  it('drops what a way without an ingestion API cannot carry', async () => {
    const sender = createSender();
    add(sender, 'a');
    sender.dispatch(true);
    await sent[0]?.answer({ kind: 'failed', reason: 'EUNSUPPORTED', hadConnection: false });
    expect([dropped(), sender.isEmpty]).toEqual([1, true]);
  });

  it('drops a score alone that is too large, and one that cannot be masked', async () => {
    const sender = createSender();
    add(sender, 'large');
    add(sender, 'secret', 'unmaskable');
    sender.dispatch(true);
    expect(sent[0]?.names).toEqual(['large']);
    await sent[0]?.answer({ ...TAKEN, status: 413 });
    expect([dropped(), delivered(), sender.isEmpty]).toEqual([2, 0, true]);
  });

  it('takes an answer that says nothing readable as taken', async () => {
    const sender = createSender();
    add(sender, 'a');
    sender.dispatch(true);
    await sent[0]?.answer({ ...TAKEN, status: 200, body: Buffer.from('<html>') });
    expect(delivered()).toBe(1);
  });
});
