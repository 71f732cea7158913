import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { ExportQuery } from '@slipstream/query-api';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createPricing } from '../../src/pricing/index.js';
import { encodeScores } from '../../src/scores/payload.js';
import { Engine } from '../../src/store/duckdb/engine.js';
import { listTraces } from '../../src/store/duckdb/query/list-traces.js';
import { scan } from '../../src/store/duckdb/query/scan.js';
import { resolveSettings } from '../../src/store/duckdb/settings.js';
import { openTransferDirectory } from '../../src/transfer/transfer-directory.js';
import { TRANSFER_LIMITS, Transfers } from '../../src/transfer/transfers.js';
import { generatedPayloads } from './generated-spans.js';

let root: string;
const engines: Engine[] = [];

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'slipstream-transfer-'));
});

afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.close();
  await rm(root, { recursive: true, force: true });
});

/** A store and its transfers; what is imported is written at once, as the store's destination would. */
class Side {
  readonly engine: Engine;
  readonly transfers: Transfers;
  readonly path: string;
  #cursor = 0;

  constructor(engine: Engine, transfers: (side: Side) => Transfers, path: string) {
    this.engine = engine;
    this.path = path;
    this.transfers = transfers(this);
  }

  /** `computeCost` of none makes sure that what was computed is not computed again. */
  static async open(hasPrices: boolean): Promise<Side> {
    const path = await mkdtemp(join(root, 'side-'));
    const { computeCost } = await createPricing(undefined);
    const engine = await Engine.open(
      resolveSettings({ directory: join(path, 'store'), threads: 1 }),
      hasPrices ? computeCost : () => new Map([['total', 1234]]),
    );
    engines.push(engine);
    const directory = await openTransferDirectory(join(path, 'transfer'));
    const make = (side: Side): Transfers =>
      new Transfers({
        store: { scan: (query) => scan(engine.queries, query) },
        queue: {
          append: async ({ payload }) => {
            await side.write([payload]);
            return { kind: 'ok', id: 1 };
          },
        },
        directory,
        limits: TRANSFER_LIMITS,
      });
    return new Side(engine, make, path);
  }

  async write(payloads: readonly Uint8Array[]): Promise<void> {
    this.#cursor += 1;
    await this.engine.write({ payloads, cursor: this.#cursor });
  }

  async file(query: ExportQuery): Promise<string> {
    const path = join(this.path, `export.${query.format}`);
    const { signal } = new AbortController();
    if (query.format === 'jsonl') await pipeline(this.transfers.exportJsonl(query), createWriteStream(path));
    else {
      const file = await this.transfers.exportParquet(query, signal);
      await pipeline(createReadStream(file.path), createWriteStream(path));
      await file.remove();
    }
    return path;
  }

  import(path: string, format: 'jsonl' | 'parquet') {
    const { signal } = new AbortController();
    return this.transfers.import({ format, isForwarded: false, body: createReadStream(path), signal });
  }

  /**
   * All that a reader can see, but what depends on when it was heard of: which of two observations brought a value of the
   * trace first, and the last digits of sums.
   */
  async everything(): Promise<unknown> {
    const [observations, scores] = await Promise.all(
      (['observations', 'scores'] as const).map((what) => scan(this.engine.queries, { what, limit: 1000 })),
    );
    const { traces } = await listTraces(this.engine.queries, { limit: 500 }, 0);
    const { spans, runningSpans, spansByInstance } = await this.engine.counts();
    const sql = 'SELECT trace_id, span_id, level, key, value FROM metadata ORDER BY ALL';
    const metadata = await this.engine.sql({ sql, maxRows: 10_000, timeLimitMs: 10_000 });
    return {
      observations: observations?.rows,
      scores: scores?.rows,
      traces: traces.map((trace) => ({ ...trace, running: false, costUsd: trace.costUsd?.toPrecision(10) })),
      counts: { spans, runningSpans, spansByInstance },
      metadata: metadata.rows,
    };
  }
}

const SCORES = encodeScores([
  {
    id: 'one 🤖',
    traceId: `a${'1'.padStart(31, '0')}`,
    observationId: '',
    sessionId: '',
    name: 'thumb',
    dataType: 'NUMERIC',
    value: 0.1,
    text: undefined,
    comment: 'Đúng',
    metadata: { judge: '{"a":1}' },
    environment: undefined,
    timeUs: 1_767_225_600_000_001,
  },
  {
    id: 'two',
    traceId: '',
    observationId: '',
    sessionId: 's',
    name: 'mood',
    dataType: 'CATEGORICAL',
    value: undefined,
    text: '',
    comment: undefined,
    metadata: {},
    environment: 'test',
    timeUs: 1_767_225_600_000_000,
  },
]);

describe('what was exported and imported into an empty collector', () => {
  test('is what it was, whatever senders send', async () => {
    await fc.assert(
      fc.asyncProperty(generatedPayloads, async (payloads) => {
        const source = await Side.open(true);
        await source.write(payloads);
        const target = await Side.open(false);
        const result = await target.import(await source.file({ format: 'jsonl' }), 'jsonl');
        expect(result).toMatchObject({ refused: 0, problems: [] });
        expect(await target.everything()).toEqual(await source.everything());
      }),
      { numRuns: 4 },
    );
  }, 60_000);

  test('is what it was by way of Parquet, and by both in turn', async () => {
    const source = await Side.open(true);
    for (const payloads of fc.sample(generatedPayloads, { numRuns: 15, seed: 7 })) await source.write(payloads);
    await source.write([SCORES]);
    const target = await Side.open(false);
    for (const what of ['observations', 'scores'] as const) {
      const result = await target.import(await source.file({ format: 'parquet', what }), 'parquet');
      expect(result).toMatchObject({ refused: 0, [what]: expect.any(Number) });
      expect(result[what]).toBeGreaterThan(0);
    }
    const expected = await source.everything();
    expect(await target.everything()).toEqual(expected);
    const third = await Side.open(false);
    const lines = await target.file({ format: 'jsonl' });
    await third.import(lines, 'jsonl');
    expect(await third.everything()).toEqual(expected);
    // Once more changes nothing.
    await third.import(lines, 'jsonl');
    expect(await third.everything()).toEqual(expected);
  });

  test('leaves no file behind', async () => {
    const source = await Side.open(true);
    await source.write([SCORES]);
    await source.import(await source.file({ format: 'parquet', what: 'scores' }), 'parquet');
    await expect(source.import(await source.file({ format: 'jsonl' }), 'parquet')).rejects.toMatchObject({
      code: 'IMPORT_UNREADABLE',
    });
    expect(await readdir(join(source.path, 'transfer'))).toEqual([]);
  });
});
