import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import type { ImportResult, ObservationRow, ScoreRow } from '@slipstream/query-api';
import { importUnavailable } from '../errors.js';
import type { AppendResult, Queue } from '../queue/contract.js';
import { encodeScores, findScoreProblem, SCORES_CONTENT_TYPE, type ScoreEntry } from '../scores/payload.js';
import { storeOnly } from './import-label.js';
import { encodeObservations } from './observation-spans.js';
import { checkRow, type RawRow } from './read-rows.js';
import { rowChars } from './row-size.js';

const SPANS_CONTENT_TYPE = 'application/x-protobuf';

/** Every sender is this one until projects exist. */
const DEFAULT_TENANT = 'default';

/** UTF-16 code units of one entry's texts, about: some megabytes, and far below what a record may have. */
const MAX_ENTRY_CHARS = 2_000_000;
const MAX_ENTRY_ROWS = 1_000;

const MAX_PROBLEMS = 20;

/** Other requests get a turn each time so much text has been read. */
const TURN_CHARS = 250_000;

/** A queue that stays full for this long ends the import; what is in it by then stays in it. */
const MAX_WAIT_MS = 30_000;

export interface ImportOptions {
  readonly queue: Pick<Queue, 'append'>;
  /** Whether forward destinations get the rows, too. */
  readonly isForwarded: boolean;
  readonly signal: AbortSignal;
  /** @default 30,000 */
  readonly maxWaitMs?: number;
}

/**
 * Checks rows one by one and appends the good ones to the queue. Resolves when all of them are durable.
 *
 * @throws `IMPORT_UNAVAILABLE` where the queue takes nothing for a while; rows before that are durable
 */
export async function importRows(rows: AsyncIterable<RawRow>, options: ImportOptions): Promise<ImportResult> {
  const importing = new Import(options);
  for await (const row of rows) {
    if (options.signal.aborted) break;
    await importing.take(row);
  }
  return importing.finish();
}

interface Numbered<Row> {
  readonly line: number;
  readonly row: Row;
}

/** Rows that go into one entry of the queue. */
class Batch<Row> {
  rows: Numbered<Row>[] = [];
  chars = 0;

  add(row: Numbered<Row>, chars: number): void {
    this.rows.push(row);
    this.chars += chars;
  }

  hasRoomFor(chars: number): boolean {
    return this.rows.length < MAX_ENTRY_ROWS && (this.chars + chars <= MAX_ENTRY_CHARS || this.rows.length === 0);
  }

  takeAll(): Numbered<Row>[] {
    const { rows } = this;
    this.rows = [];
    this.chars = 0;
    return rows;
  }
}

class Import {
  readonly #options: ImportOptions;
  readonly #observations = new Batch<ObservationRow>();
  readonly #scores = new Batch<ScoreRow>();
  readonly #counts = { observations: 0, scores: 0, refused: 0 };
  readonly #problems: { line: number; message: string }[] = [];
  #charsSinceTurn = 0;

  constructor(options: ImportOptions) {
    this.#options = options;
  }

  async take(raw: RawRow): Promise<void> {
    const checked = checkRow(raw);
    if (checked.kind === 'refused') return this.#refuse(raw.line, checked.message);
    const chars = rowChars(checked.row);
    await this.#yieldNowAndThen(chars);
    if (checked.kind === 'observation') {
      if (!this.#observations.hasRoomFor(chars)) await this.#appendObservations();
      this.#observations.add({ line: raw.line, row: checked.row }, chars);
    } else {
      const problem = findScoreProblem(toScoreEntry(checked.row));
      if (problem !== undefined) return this.#refuse(raw.line, problem);
      if (!this.#scores.hasRoomFor(chars)) await this.#appendScores();
      this.#scores.add({ line: raw.line, row: checked.row }, chars);
    }
  }

  async finish(): Promise<ImportResult> {
    await this.#appendObservations();
    await this.#appendScores();
    return { ...this.#counts, problems: this.#problems };
  }

  async #appendObservations(): Promise<void> {
    const rows = this.#observations.takeAll();
    if (rows.length === 0) return;
    const payload = encodeObservations(rows.map(({ row }) => row));
    if (await this.#append(SPANS_CONTENT_TYPE, payload, rows)) this.#counts.observations += rows.length;
  }

  async #appendScores(): Promise<void> {
    const rows = this.#scores.takeAll();
    if (rows.length === 0) return;
    const payload = encodeScores(rows.map(({ row }) => toScoreEntry(row)));
    if (await this.#append(SCORES_CONTENT_TYPE, payload, rows)) this.#counts.scores += rows.length;
  }

  /** `false` where the entry is too large for the queue, which only a row that stands alone in it can be. */
  async #append(contentType: string, payload: Uint8Array, rows: readonly Numbered<unknown>[]): Promise<boolean> {
    const label = this.#options.isForwarded ? contentType : storeOnly(contentType);
    const result = await this.#appendPatiently({ tenant: DEFAULT_TENANT, contentType: label, payload });
    if (result.kind === 'too_large') {
      for (const { line } of rows) this.#refuse(line, `it is larger than ${result.limitBytes} bytes`);
      return false;
    }
    return true;
  }

  async #appendPatiently(
    entry: Parameters<Queue['append']>[0],
  ): Promise<Exclude<AppendResult, { kind: 'unavailable' }>> {
    const { queue, signal, maxWaitMs = MAX_WAIT_MS } = this.#options;
    const deadline = performance.now() + maxWaitMs;
    for (;;) {
      const result = await queue.append(entry);
      if (result.kind !== 'unavailable') return result;
      if (performance.now() + result.retryAfterMs > deadline || signal.aborted) {
        throw importUnavailable(result.reason, this.#counts.observations + this.#counts.scores);
      }
      // Rejects when the importer has gone away, which the next round notices.
      await delay(result.retryAfterMs, undefined, { signal }).catch(() => undefined);
    }
  }

  async #yieldNowAndThen(chars: number): Promise<void> {
    this.#charsSinceTurn += chars;
    if (this.#charsSinceTurn < TURN_CHARS) return;
    this.#charsSinceTurn = 0;
    await nextTurn();
  }

  #refuse(line: number, message: string): void {
    this.#counts.refused += 1;
    if (this.#problems.length < MAX_PROBLEMS) this.#problems.push({ line, message });
  }
}

function toScoreEntry(row: ScoreRow): ScoreEntry {
  return {
    id: row.score_id,
    traceId: row.trace_id,
    observationId: row.span_id,
    sessionId: row.session_id,
    name: row.name,
    dataType: row.data_type,
    value: row.value ?? undefined,
    text: row.text ?? undefined,
    comment: row.comment ?? undefined,
    metadata: row.metadata,
    environment: row.environment ?? undefined,
    timeUs: row.time_us,
  };
}
