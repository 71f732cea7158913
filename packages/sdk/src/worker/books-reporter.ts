import type { Books } from './books.js';
import type { Clock } from './clock.js';
import type { WorkerSettings } from './protocol.js';
import type { Transport } from './transport.js';

const REPORT_INTERVAL_MS = 2_000;

/** The process is about to end, and its main thread waits: the last report may take this long. */
const FINAL_REPORT_MS = 500;

export interface BooksReporterParts {
  readonly settings: WorkerSettings;
  readonly books: Books;
  readonly transport: Transport;
  readonly clock: Clock;
}

/** Tells a Slipstream collector the books, beside the spans. A report that fails is not repeated: the next has it all. */
export class BooksReporter {
  readonly #parts: BooksReporterParts;
  #lastCounts = '';
  #lastReportMs = Number.NEGATIVE_INFINITY;
  #isReporting = false;

  constructor(parts: BooksReporterParts) {
    this.#parts = parts;
  }

  /** Reports when something has changed and the last report is old enough. */
  tick(): void {
    const nowMs = this.#parts.clock.monotonicMs();
    if (this.#isReporting || nowMs - this.#lastReportMs < REPORT_INTERVAL_MS) return;
    this.#lastReportMs = nowMs;
    const counts = JSON.stringify(this.#parts.books.balance());
    if (counts === this.#lastCounts) return;
    this.#lastCounts = counts;
    this.#isReporting = true;
    void this.#post(false).then(() => {
      this.#isReporting = false;
    });
  }

  /** The last report; resolves when it is delivered, has failed, or takes too long. */
  async final(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, FINAL_REPORT_MS);
    });
    await Promise.race([this.#post(true), limit]);
    clearTimeout(timer);
  }

  async #post(isFinal: boolean): Promise<void> {
    const { settings, books, transport, clock } = this.#parts;
    const report = {
      schemaVersion: 1,
      instanceId: settings.instanceId,
      service: settings.service,
      pid: settings.pid,
      startedAtMs: settings.timeOriginMs,
      reportedAtMs: clock.wallMs(),
      final: isFinal,
      ...books.balance(),
    };
    await transport.post({
      target: 'books',
      body: Buffer.from(JSON.stringify(report)),
      contentType: 'application/json',
    });
  }
}
