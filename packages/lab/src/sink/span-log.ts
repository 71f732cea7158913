import { closeSync, mkdirSync, openSync, readSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SinkLedger } from './counts.js';
import { visitMarked } from './marked-ids.js';

/** A line's id stands in its first bytes, before any text of the application; so much of each line is looked at. */
export const LINE_HEAD_BYTES = 512;
const CHUNK_BYTES = 1024 * 1024;
const NEWLINE = 0x0a;
const SPAN_ID_KEY = Buffer.from('"spanId":"');

/** The file into which an arm that has no network writes its spans, a line of JSON each. */
export function spanLogPath(sinkUrl: string): string {
  return join(spanLogDirectory(sinkUrl), 'spans.log');
}

function spanLogDirectory(sinkUrl: string): string {
  return join(tmpdir(), `slipstream-lab-sink-${new URL(sinkUrl).port}`);
}

/** What came by the file. */
export interface SpanLog {
  /** Counts the lines that were completed since the last time. */
  count(ledger: SinkLedger): void;
  /** Forgets what came. The writer may go on, as it appends. */
  empty(): void;
  remove(): void;
}

/** Makes a sink's folder for the file: its own, which nobody else can enter or have prepared. */
export function openSpanLog(sinkUrl: string): SpanLog {
  const directory = spanLogDirectory(sinkUrl);
  const removeAll = (): void => rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
  // A sink that was killed had the same port once.
  removeAll();
  mkdirSync(directory, { mode: 0o700 });
  let isThere = true;
  const path = spanLogPath(sinkUrl);
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  let position = 0;
  let lines = createLineHeads();
  return {
    count(ledger) {
      withFile(path, (file) => {
        for (;;) {
          const bytes = readSync(file, chunk, 0, CHUNK_BYTES, position);
          if (bytes === 0) return;
          position += bytes;
          ledger.addLogged(bytes);
          lines.take(chunk.subarray(0, bytes), (head) => countLine(head, ledger));
        }
      });
    },
    empty() {
      withFile(path, () => truncateSync(path));
      position = 0;
      lines = createLineHeads();
    },
    remove() {
      // Once: the port, and with it the folder, may be another sink's by then.
      if (isThere) removeAll();
      isThere = false;
    },
  };
}

/** Nothing is done where there is no file: no arm that writes one has run. */
function withFile(path: string, work: (file: number) => void): void {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  try {
    work(file);
  } finally {
    closeSync(file);
  }
}

function countLine(head: Buffer, ledger: SinkLedger): void {
  let id: string | undefined;
  // Captured values may hold the same key further on; the first is the line's own.
  visitMarked(head, SPAN_ID_KEY, (found) => {
    id ??= found;
  });
  if (id === undefined) ledger.addMalformed();
  else ledger.addSpan(id);
}

/** Cuts what comes in pieces into lines, of which it keeps the first bytes alone, however long they are. */
function createLineHeads() {
  let head = Buffer.alloc(0);
  const keep = (bytes: Buffer): void => {
    const missing = LINE_HEAD_BYTES - head.length;
    if (missing > 0) head = Buffer.concat([head, bytes.subarray(0, missing)]);
  };
  return {
    take(bytes: Buffer, onLine: (head: Buffer) => void): void {
      let start = 0;
      for (let end = bytes.indexOf(NEWLINE); end !== -1; end = bytes.indexOf(NEWLINE, start)) {
        keep(bytes.subarray(start, end));
        onLine(head);
        head = Buffer.alloc(0);
        start = end + 1;
      }
      keep(bytes.subarray(start));
    },
  };
}
