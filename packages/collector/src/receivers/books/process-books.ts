import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type ProcessBooks, processBooksSchema } from '@slipstream/query-api';
import { z } from 'zod';
import { systemCodeOf } from '../../errors.js';

/** The latest books of each process that ever reported, over restarts of the collector. */
export interface BookKeeper {
  /** Keeps the books unless a later report of the same process is there. */
  report(books: ProcessBooks): void;
  /** The most recently reported first. */
  list(): readonly ProcessBooks[];
  /** Writes what is not written yet. Safe to call twice. */
  close(): Promise<void>;
}

export interface BookKeeperSettings {
  readonly path: string;
  /** @default 1,000; beyond it the one that reported longest ago is forgotten. */
  readonly maxProcesses?: number;
  /** Reports of this time are written together. @default 500 */
  readonly writeDelayMs?: number;
  readonly onWriteFailed: (error: unknown) => void;
}

const DEFAULT_MAX_PROCESSES = 1000;
const DEFAULT_WRITE_DELAY_MS = 500;

const fileSchema = z.object({ version: z.literal(1), processes: z.array(processBooksSchema) });

/** Opens the books in a file. One that is missing or damaged counts as empty: processes that live report again. */
export async function openBookKeeper(settings: BookKeeperSettings): Promise<BookKeeper> {
  const keeper = new FileBookKeeper(settings);
  for (const books of await readBooks(settings.path)) keeper.keep(books);
  return keeper;
}

async function readBooks(path: string): Promise<readonly ProcessBooks[]> {
  try {
    const parsed = fileSchema.safeParse(JSON.parse(await readFile(path, 'utf8')));
    return parsed.success ? parsed.data.processes : [];
  } catch (error) {
    if (error instanceof SyntaxError || systemCodeOf(error) === 'ENOENT') return [];
    throw error;
  }
}

class FileBookKeeper implements BookKeeper {
  readonly #settings: BookKeeperSettings;
  /** In the order of their latest report, the oldest first. */
  readonly #books = new Map<string, ProcessBooks>();
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(settings: BookKeeperSettings) {
    this.#settings = settings;
  }

  report(books: ProcessBooks): void {
    if (!this.keep(books)) return;
    this.#timer ??= setTimeout(() => this.#write(), this.#settings.writeDelayMs ?? DEFAULT_WRITE_DELAY_MS).unref();
  }

  keep(books: ProcessBooks): boolean {
    const known = this.#books.get(books.instanceId);
    if (known !== undefined && known.reportedAtMs > books.reportedAtMs) return false;
    this.#books.delete(books.instanceId);
    this.#books.set(books.instanceId, books);
    if (this.#books.size > (this.#settings.maxProcesses ?? DEFAULT_MAX_PROCESSES)) {
      const oldest = this.#books.keys().next();
      if (oldest.done !== true) this.#books.delete(oldest.value);
    }
    return true;
  }

  list(): readonly ProcessBooks[] {
    return [...this.#books.values()].reverse();
  }

  async close(): Promise<void> {
    if (this.#timer !== undefined) this.#write();
    await this.#writing;
  }

  #write(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#writing = this.#writing.then(() => this.#writeNow());
  }

  async #writeNow(): Promise<void> {
    try {
      const text = JSON.stringify({ version: 1, processes: [...this.#books.values()] });
      await replaceFile(this.#settings.path, text);
    } catch (error) {
      this.#settings.onWriteFailed(error);
    }
  }
}

async function replaceFile(path: string, text: string): Promise<void> {
  const temporaryPath = `${path}.tmp`;
  await mkdir(dirname(path), { recursive: true });
  const file = await open(temporaryPath, 'w');
  try {
    await file.writeFile(text);
    await file.datasync();
  } finally {
    await file.close();
  }
  await rename(temporaryPath, path);
}
