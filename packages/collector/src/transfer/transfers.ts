import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { ExportQuery, ImportResult } from '@slipstream/query-api';
import { importTooLarge, importUnreadable, transferBusy } from '../errors.js';
import type { Queue } from '../queue/contract.js';
import type { Store } from '../store/contract.js';
import { exportPages } from './export-rows.js';
import { importRows } from './import-rows.js';
import { toJsonl } from './jsonl-export.js';
import { type JsonlLimits, readJsonlFile } from './jsonl-reader.js';
import { readParquetFile } from './parquet/parquet-reader.js';
import { writeParquet } from './parquet/parquet-writer.js';
import type { TransferDirectory } from './transfer-directory.js';

export interface TransferLimits extends JsonlLimits {
  /** One file as it is sent. */
  readonly maxFileBytes: number;
  /** Exports that run at one moment; more are refused. Imports run one at a time. */
  readonly maxExports: number;
}

const MIB = 1024 * 1024;

export const TRANSFER_LIMITS: TransferLimits = {
  maxFileBytes: 4096 * MIB,
  maxTextBytes: 16 * 1024 * MIB,
  maxLineBytes: 32 * MIB,
  maxExports: 4,
};

export interface TransferParts {
  readonly store: Pick<Store, 'scan'>;
  readonly queue: Pick<Queue, 'append'>;
  readonly directory: TransferDirectory;
  readonly limits: TransferLimits;
}

export interface ImportRequest {
  readonly format: 'jsonl' | 'parquet';
  readonly isForwarded: boolean;
  readonly body: Readable;
  readonly signal: AbortSignal;
}

/** A file that is ready to be sent, and must be removed then. */
export interface ExportedFile {
  readonly path: string;
  remove(): Promise<void>;
}

/** Exports and imports, as many at once as the machine can bear beside its work. */
export class Transfers {
  readonly #parts: TransferParts;
  #exports = 0;
  #hasImport = false;

  constructor(parts: TransferParts) {
    this.#parts = parts;
  }

  /**
   * Lines of JSON, made as they are read: nothing is read ahead of a slow reader. The caller MUST read the stream to its
   * end or destroy it.
   * @throws `TRANSFER_BUSY`
   */
  exportJsonl(query: ExportQuery): Readable {
    const done = this.#beginExport();
    const lines = toJsonl(exportPages(this.#parts.store, query));
    return Readable.from(lines, { objectMode: false, highWaterMark: 1 }).once('close', done);
  }

  /**
   * A Parquet file in the data directory.
   * @throws `TRANSFER_BUSY`, and what the store's scan throws
   */
  async exportParquet(query: ExportQuery, signal: AbortSignal): Promise<ExportedFile> {
    const done = this.#beginExport();
    try {
      const { path: folder, remove } = await this.#parts.directory.create();
      try {
        const what = query.what ?? 'observations';
        const pages = exportPages(this.#parts.store, { ...query, what });
        return { path: await writeParquet(untilAborted(pages, signal), what, folder), remove };
      } catch (error) {
        await remove();
        throw error;
      }
    } finally {
      done();
    }
  }

  /**
   * Takes a file in. What it holds is durable when this resolves.
   * @throws `TRANSFER_BUSY`, `IMPORT_TOO_LARGE`, `IMPORT_UNREADABLE`, `IMPORT_UNAVAILABLE`
   */
  async import({ format, isForwarded, body, signal }: ImportRequest): Promise<ImportResult> {
    if (this.#hasImport) throw transferBusy('an import is');
    this.#hasImport = true;
    const { queue, directory, limits } = this.#parts;
    try {
      const { path: folder, remove } = await directory.create();
      try {
        const path = join(folder, 'import');
        await receiveFile(body, path, limits.maxFileBytes);
        const rows = format === 'jsonl' ? readJsonlFile(path, limits) : readParquetFile(path, folder);
        return await importRows(rows, { queue, isForwarded, signal });
      } finally {
        await remove();
      }
    } finally {
      this.#hasImport = false;
    }
  }

  #beginExport(): () => void {
    if (this.#exports >= this.#parts.limits.maxExports) throw transferBusy(`${this.#exports} exports are`);
    this.#exports += 1;
    return () => {
      this.#exports -= 1;
    };
  }
}

/** The body is not destroyed where it is too large: its sender has to be able to read the answer. */
async function receiveFile(body: Readable, path: string, maxBytes: number): Promise<void> {
  const file = await open(path, 'w');
  let bytes = 0;
  try {
    for await (const chunk of chunksOf(body)) {
      bytes += chunk.byteLength;
      if (bytes > maxBytes) throw importTooLarge(maxBytes);
      await file.write(chunk);
    }
  } finally {
    await file.close();
  }
}

async function* chunksOf(body: Readable): AsyncGenerator<Buffer> {
  try {
    yield* body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
  } catch {
    // Whatever ended the connection, there is nobody left to tell.
    throw importUnreadable('it was not sent to its end');
  }
}

async function* untilAborted<T>(source: AsyncGenerator<T>, signal: AbortSignal): AsyncGenerator<T> {
  for await (const each of source) {
    signal.throwIfAborted();
    yield each;
  }
}
