import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { CollectorError, importUnreadable } from '../errors.js';
import type { RawRow } from './read-rows.js';

const LINE_FEED = 0x0a;
const GZIP_MAGIC = [0x1f, 0x8b];

export interface JsonlLimits {
  /** A longer line is refused, the others are read. */
  readonly maxLineBytes: number;
  /** All lines together, after decompression. */
  readonly maxTextBytes: number;
}

/**
 * The lines of a file, plain or gzipped (which its first bytes tell), parsed one by one.
 *
 * @throws `IMPORT_UNREADABLE` where the file is damaged, or larger than the limit once inflated
 */
export async function* readJsonlFile(path: string, limits: JsonlLimits): AsyncGenerator<RawRow> {
  const file = createReadStream(path);
  const isGzip = await beginsWithGzip(path);
  const text = isGzip ? file.pipe(createGunzip()) : file;
  if (isGzip) file.on('error', (error) => text.destroy(error));
  const lines = new LineSplitter(limits.maxLineBytes);
  let bytes = 0;
  try {
    for await (const chunk of text as Readable & AsyncIterable<Buffer>) {
      bytes += chunk.byteLength;
      if (bytes > limits.maxTextBytes) throw tooMuch(limits);
      yield* lines.add(chunk);
    }
  } catch (error) {
    throw error instanceof CollectorError ? error : importUnreadable('it is damaged, or not whole');
  } finally {
    file.destroy();
  }
  yield* lines.end();
}

async function beginsWithGzip(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(GZIP_MAGIC.length), 0, GZIP_MAGIC.length, 0);
    return bytesRead === GZIP_MAGIC.length && GZIP_MAGIC.every((byte, index) => buffer[index] === byte);
  } finally {
    await file.close();
  }
}

function tooMuch({ maxTextBytes }: JsonlLimits): Error {
  return importUnreadable(`it holds more than ${maxTextBytes} bytes of text; import it in parts`);
}

/** Cuts a stream of bytes into lines, none of which is held beyond its limit. */
class LineSplitter {
  readonly #maxLineBytes: number;
  #parts: Buffer[] = [];
  #partBytes = 0;
  #isTooLong = false;
  #line = 0;

  constructor(maxLineBytes: number) {
    this.#maxLineBytes = maxLineBytes;
  }

  *add(chunk: Buffer): Generator<RawRow> {
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
      this.#keep(chunk.subarray(start, end));
      yield* this.#finishLine();
      start = end + 1;
    }
    this.#keep(chunk.subarray(start));
  }

  *end(): Generator<RawRow> {
    yield* this.#finishLine();
  }

  #keep(part: Buffer): void {
    this.#partBytes += part.byteLength;
    if (this.#partBytes > this.#maxLineBytes) {
      this.#isTooLong = true;
      this.#parts = [];
    } else if (part.byteLength > 0) this.#parts.push(part);
  }

  /** Empty lines count, and are no rows. */
  *#finishLine(): Generator<RawRow> {
    const text = Buffer.concat(this.#parts).toString('utf8').trim();
    const isTooLong = this.#isTooLong;
    this.#parts = [];
    this.#partBytes = 0;
    this.#isTooLong = false;
    this.#line += 1;
    if (isTooLong) {
      yield { line: this.#line, content: { problem: `it is longer than ${this.#maxLineBytes} bytes` } };
    } else if (text !== '') yield { line: this.#line, content: parseLine(text) };
  }
}

function parseLine(text: string): RawRow['content'] {
  try {
    return { value: JSON.parse(text) };
  } catch {
    // What the parser says would repeat the text.
    return { problem: 'it is not JSON' };
  }
}
