import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemCodeOf } from '../errors.js';
import { type Line, parseHead } from './dead-letter-line.js';

export interface FileSummary {
  readonly entries: number;
  readonly bytes: number;
  /** Milliseconds since the epoch; infinite where there is none. */
  readonly oldestMs: number;
  readonly reasons: ReadonlyMap<string, number>;
}

export const EMPTY_FILE: FileSummary = {
  entries: 0,
  bytes: 0,
  oldestMs: Number.POSITIVE_INFINITY,
  reasons: new Map(),
};

/** The lines of a file as it was when it was opened. */
export interface OpenLines {
  lines(): AsyncGenerator<Line>;
  close(): Promise<void>;
}

const LINE_BREAK = 0x0a;
const READ_BYTES = 1024 * 1024;
/** More than the largest entry of the queue in base64; what is longer was never written by us. */
const MAX_LINE_BYTES = 64 * 1024 * 1024;
/** Reasons may hold what a backend said, so there may be as many as letters. */
const MAX_COUNTED_REASONS = 1000;

/** Appends lines and syncs them; gives the size of the file then. */
export async function appendLines(path: string, lines: readonly Line[]): Promise<number> {
  await mkdir(dirname(path), { recursive: true });
  const file = await open(path, 'a+');
  try {
    const isNew = (await file.stat()).size === 0;
    // A write that a crash cut off must not take the next line with it.
    if (!(await endsWithBreak(file))) await file.appendFile('\n');
    for (const line of lines) await writeLine(file, line);
    await file.datasync();
    if (isNew) await syncDirectory(dirname(path));
    return (await file.stat()).size;
  } finally {
    await file.close();
  }
}

/** Replaces `to`. */
export async function moveAside(from: string, to: string): Promise<void> {
  await rename(from, to);
}

/** Keeps the lines that stay and adds others, so that a crash leaves either the old or the new content. */
export async function rewriteLines(
  path: string,
  stays: (line: Line) => boolean,
  added: readonly Line[],
): Promise<void> {
  const source = await openLines(path);
  const temporaryPath = `${path}.tmp`;
  await mkdir(dirname(path), { recursive: true });
  const target = await open(temporaryPath, 'w');
  let count = 0;
  try {
    for await (const line of source.lines()) {
      if (!stays(line)) continue;
      await writeLine(target, line);
      count++;
    }
    for (const line of added) await writeLine(target, line);
    await target.datasync();
  } finally {
    await target.close();
    await source.close();
  }
  await rename(temporaryPath, path);
  await syncDirectory(dirname(path));
  if (count + added.length === 0) await rm(path, { force: true });
}

export async function summarizeFile(path: string): Promise<FileSummary> {
  const source = await openLines(path);
  const reasons = new Map<string, number>();
  let entries = 0;
  let bytes = 0;
  let oldestMs = Number.POSITIVE_INFINITY;
  try {
    for await (const line of source.lines()) {
      bytes += line.byteLength + 1;
      const head = parseHead(line);
      if (head === undefined) continue;
      entries++;
      oldestMs = Math.min(oldestMs, head.atMs);
      countReason(reasons, head.reason);
    }
  } finally {
    await source.close();
  }
  return { entries, bytes, oldestMs, reasons };
}

export function countReason(reasons: Map<string, number>, reason: string): void {
  const counted = reasons.has(reason) || reasons.size < MAX_COUNTED_REASONS ? reason : 'other reasons';
  reasons.set(counted, (reasons.get(counted) ?? 0) + 1);
}

/** A missing file has no lines. */
export async function openLines(path: string): Promise<OpenLines> {
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch (error) {
    if (systemCodeOf(error) !== 'ENOENT') throw error;
    return { lines: readNothing, close: async () => undefined };
  }
  const { size } = await file.stat();
  return { lines: () => readLines(file, size), close: () => file.close() };
}

async function* readNothing(): AsyncGenerator<Line> {
  // Nothing is there.
}

async function* readLines(file: FileHandle, sizeBytes: number): AsyncGenerator<Line> {
  let parts: Buffer[] = [];
  let partBytes = 0;
  for (let position = 0; position < sizeBytes; ) {
    const chunk = Buffer.allocUnsafe(Math.min(READ_BYTES, sizeBytes - position));
    const { bytesRead } = await file.read(chunk, 0, chunk.byteLength, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    let start = 0;
    for (let end = chunk.indexOf(LINE_BREAK); end !== -1 && end < bytesRead; end = chunk.indexOf(LINE_BREAK, start)) {
      const line = Buffer.concat([...parts, chunk.subarray(start, end)]);
      parts = [];
      partBytes = 0;
      start = end + 1;
      if (line.byteLength > 0) yield line;
    }
    partBytes += bytesRead - start;
    if (partBytes > MAX_LINE_BYTES) parts = [];
    else parts.push(chunk.subarray(start, bytesRead));
  }
  // What has no line break at its end was never finished.
}

async function writeLine(file: FileHandle, line: Line): Promise<void> {
  await file.appendFile(Buffer.concat([line, Buffer.from([LINE_BREAK])]));
}

async function endsWithBreak(file: FileHandle): Promise<boolean> {
  const { size } = await file.stat();
  if (size === 0) return true;
  const last = Buffer.alloc(1);
  await file.read(last, 0, 1, size - 1);
  return last[0] === LINE_BREAK;
}

/** Where the platform can; Windows writes its directories through its own journal. */
async function syncDirectory(path: string): Promise<void> {
  try {
    const handle = await open(path, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch {
    // A rename that a loss of power undoes brings letters back, which are then delivered twice at worst.
  }
}
