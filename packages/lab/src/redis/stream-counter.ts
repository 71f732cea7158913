import { gunzipSync } from 'node:zlib';
import { createSinkLedger, type SinkCounts } from '../sink/counts.js';
import { visitOtlpProtobufSpans } from '../sink/otlp-protobuf.js';
import type { RespClient, RespValue } from './resp-client.js';

/** Where Slipstream's worker appends its batches; the fields of an entry are in docs/guide/collector.md. */
const STREAM = 'slipstream:traces';
/** An entry is a batch of up to some megabytes. */
const ENTRIES_PER_READ = 8;
const MAX_BODY_BYTES = 256 * 1024 * 1024;

/** Counts the spans of a stream, as the sink counts those of requests. */
export interface StreamCounter {
  /** Reads what has come since, takes it out of the stream, and tells what there was in all. */
  counts(): Promise<SinkCounts>;
  reset(): Promise<void>;
}

/** Makes a counter that begins with what the stream has. */
export function createStreamCounter(redis: RespClient): StreamCounter {
  const ledger = createSinkLedger();
  const readAll = async (): Promise<void> => {
    for (;;) {
      const range = await redis.command('XRANGE', STREAM, '-', '+', 'COUNT', String(ENTRIES_PER_READ));
      const entries = listOf(range).map(readEntry);
      if (entries.length === 0) return;
      for (const { packed } of entries) {
        if (packed === undefined) ledger.addMalformed();
        else countEntry(packed);
      }
      await redis.command('XDEL', STREAM, ...entries.map(({ id }) => id));
    }
  };
  const countEntry = (packed: Buffer): void => {
    try {
      const body = gunzipSync(packed, { maxOutputLength: MAX_BODY_BYTES });
      ledger.addRequest(packed.length, body.length);
      visitOtlpProtobufSpans(body, ledger.addSpan);
    } catch {
      // Whatever is wrong with an entry, its spans did not arrive; the run goes on and the count tells.
      ledger.addMalformed();
    }
  };
  return {
    async counts() {
      await readAll();
      return ledger.counts();
    },
    async reset() {
      await readAll();
      ledger.reset();
    },
  };
}

interface StreamEntry {
  readonly id: string;
  /** What stands in its field `d`. */
  readonly packed: Buffer | undefined;
}

function readEntry(entry: RespValue): StreamEntry {
  const [id, fields] = listOf(entry);
  const parts = listOf(fields ?? null);
  const at = parts.findIndex((part, index) => index % 2 === 0 && String(part) === 'd');
  const value = at === -1 ? undefined : parts[at + 1];
  return { id: String(id), packed: Buffer.isBuffer(value) ? value : undefined };
}

function listOf(value: RespValue): readonly RespValue[] {
  return Array.isArray(value) ? (value as readonly RespValue[]) : [];
}
