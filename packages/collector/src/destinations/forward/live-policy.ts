import { type Backoff, createBackoff } from '../delivery/backoff.js';
import type { DeliveryState } from '../delivery/delivery-state.js';
import type { Cargo, CourierPolicy, Settlement, Wait } from './courier.js';
import type { Verdict } from './verdict.js';

/** How long the loop waits; all but the age have defaults, and tests set them. */
export interface ForwardTimes {
  /** @default 500 */
  readonly firstRetryMs?: number;
  /** @default 30,000 */
  readonly lastRetryMs?: number;
  /** The first wait where the backend does not know us. @default 10,000 */
  readonly firstSlowRetryMs?: number;
  /** @default 5 minutes */
  readonly lastSlowRetryMs?: number;
  /** Spans that could not be delivered for this long are buried. */
  readonly maxAgeMs?: number | undefined;
}

interface Aged {
  readonly bornAtMs: number;
}

const DEFAULT_FIRST_RETRY_MS = 500;
const DEFAULT_LAST_RETRY_MS = 30_000;
const DEFAULT_FIRST_SLOW_RETRY_MS = 10_000;
const DEFAULT_LAST_SLOW_RETRY_MS = 5 * 60_000;
/** Collectors that were told the same time are not to come back at the same moment. */
const ASKED_WAIT_JITTER = 0.1;
/** What a backend says of spans that it refused may change with each answer. */
const NOTICE_INTERVAL_MS = 60_000;

/** What the loop of a forward destination does about each answer: waits, counts, buries. */
export class LivePolicy<Item extends Aged> implements CourierPolicy<Item> {
  readonly #state: DeliveryState;
  readonly #cargo: Cargo<Item>;
  readonly #times: ForwardTimes;
  readonly #onNotice: (line: string) => void;
  readonly #onWait: () => void;
  readonly #backoff: Backoff;
  readonly #slowBackoff: Backoff;
  #hasAccepted = false;
  #refusal: string | undefined;
  #toldNotice = '';
  #toldAt = Number.NEGATIVE_INFINITY;

  constructor(settings: {
    readonly state: DeliveryState;
    readonly cargo: Cargo<Item>;
    readonly times: ForwardTimes;
    /** Told of what a backend says about spans that it refused. */
    readonly onNotice: (line: string) => void;
    /** Called whenever items have to wait. */
    readonly onWait: () => void;
  }) {
    const { state, cargo, times, onNotice, onWait } = settings;
    this.#state = state;
    this.#cargo = cargo;
    this.#times = times;
    this.#onNotice = onNotice;
    this.#onWait = onWait;
    this.#backoff = createBackoff(
      times.firstRetryMs ?? DEFAULT_FIRST_RETRY_MS,
      times.lastRetryMs ?? DEFAULT_LAST_RETRY_MS,
    );
    this.#slowBackoff = createBackoff(
      times.firstSlowRetryMs ?? DEFAULT_FIRST_SLOW_RETRY_MS,
      times.lastSlowRetryMs ?? DEFAULT_LAST_SLOW_RETRY_MS,
    );
  }

  get signal(): AbortSignal {
    return this.#state.abandonSignal;
  }

  /** Whether all of the items have waited for longer than they may. */
  isTooOld(items: readonly Item[]): boolean {
    const { maxAgeMs } = this.#times;
    if (maxAgeMs === undefined) return false;
    const newestAtMs = items.reduce((newest, { bornAtMs }) => Math.max(newest, bornAtMs), Number.NEGATIVE_INFINITY);
    return performance.now() - newestAtMs >= maxAgeMs;
  }

  onAccepted(takenCount: number, { rejectedCount, message }: Settlement<Item>): void {
    this.#hasAccepted = true;
    this.#state.succeed();
    this.#backoff.reset();
    this.#slowBackoff.reset();
    if (this.#cargo.what !== 'spans') return;
    this.#state.counts.deliveredSpans += takenCount;
    this.#state.counts.rejectedSpans += rejectedCount;
    if (rejectedCount > 0 || message !== '') this.#tellNotice(rejectedCount, message);
  }

  async onUnavailable(
    verdict: Extract<Verdict, { kind: 'retry' | 'misconfigured' }>,
    items: readonly Item[],
  ): Promise<Wait> {
    this.#state.fail(verdict.reason);
    this.#onWait();
    // The queue keeps what is left, and the next start goes on.
    if (this.#state.isStopping) return 'give_up';
    if (this.isTooOld(items)) return 'bury';
    await this.#state.pause(this.#waitMs(verdict));
    const isAskedToWait = verdict.kind === 'misconfigured' || verdict.afterMs !== undefined;
    return this.#state.isStopping && isAskedToWait ? 'give_up' : 'again';
  }

  onRefused(items: readonly Item[], reason: string): Promise<boolean> {
    this.#refusal = reason;
    const spanCount = this.#cargo.what === 'spans' ? items.length : 0;
    return this.#state.bury([this.#cargo.toLetter(items, reason)], spanCount);
  }

  /**
   * To be called behind each batch: one of which nothing was taken makes the next one wait, so that a backend that
   * refuses everything is not fed the whole stream at full speed, only to have it buried.
   */
  async endBatch(): Promise<void> {
    const refusal = this.#hasAccepted ? undefined : this.#refusal;
    this.#hasAccepted = false;
    this.#refusal = undefined;
    if (refusal === undefined || this.#state.isStopping) return;
    this.#state.fail(refusal);
    await this.#state.pause(this.#backoff.nextMs());
  }

  #waitMs(verdict: Extract<Verdict, { kind: 'retry' | 'misconfigured' }>): number {
    if (verdict.kind === 'misconfigured') return this.#slowBackoff.nextMs();
    if (verdict.afterMs === undefined) return this.#backoff.nextMs();
    const { firstRetryMs = DEFAULT_FIRST_RETRY_MS } = this.#times;
    return Math.max(verdict.afterMs, firstRetryMs) * (1 + ASKED_WAIT_JITTER * Math.random());
  }

  /** Once for each thing that is said, and never often. */
  #tellNotice(rejectedCount: number, message: string): void {
    const isNews = message !== this.#toldNotice || this.#toldAt === Number.NEGATIVE_INFINITY;
    if (!isNews || performance.now() - this.#toldAt < NOTICE_INTERVAL_MS) return;
    this.#toldNotice = message;
    this.#toldAt = performance.now();
    this.#onNotice(rejectedCount > 0 ? `${rejectedCount} spans were rejected: ${message}` : `a warning: ${message}`);
  }
}
