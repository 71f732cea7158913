import type { Clock } from './clock.js';

/** A wall clock that differs from the monotonic one by more than this has jumped: the machine slept, or was set. */
const MAX_DRIFT_MS = 50;

/** Both clocks are read within microseconds of each other, unless the thread loses its core in between. */
const MAX_READING_MS = 5;

/** Jumps that are remembered, for spans that began before them. */
const MAX_ANCHORS = 8;

const NS_PER_MS = 1_000_000;

interface Anchor {
  /** Times of the application's clock from here on count from `originMs`. */
  readonly fromMs: number;
  readonly originMs: number;
}

/**
 * Turns times of the application thread's `performance.now()` into time since the epoch. That clock stands still
 * while a machine sleeps (on Linux and macOS), so a jump of the wall clock against it begins a new anchor.
 */
export class Epoch {
  readonly #clock: Clock;
  readonly #timeOriginMs: number;
  /** What the application's clock shows when ours shows 0. */
  readonly #applicationOffsetMs: number;
  readonly #anchors: Anchor[];
  #knownLeadMs: number;
  #lastCheckMs: number;

  /** @param timeOriginMs `performance.timeOrigin` of the application's thread. */
  constructor(timeOriginMs: number, clock: Clock) {
    this.#clock = clock;
    this.#timeOriginMs = timeOriginMs;
    const wallMs = clock.wallMs();
    const monotonicMs = clock.monotonicMs();
    this.#applicationOffsetMs = wallMs - timeOriginMs - monotonicMs;
    this.#knownLeadMs = wallMs - monotonicMs;
    this.#lastCheckMs = Number.NEGATIVE_INFINITY;
    this.#anchors = [{ fromMs: Number.NEGATIVE_INFINITY, originMs: timeOriginMs }];
  }

  /** Looks for a jump of the wall clock. Call it often: times since the last call may be taken for either side of it. */
  check(): void {
    const monotonicMs = this.#clock.monotonicMs();
    const wallMs = this.#clock.wallMs();
    // This thread was kept from running between the two readings: they tell nothing about each other.
    if (this.#clock.monotonicMs() - monotonicMs > MAX_READING_MS) return;
    const leadMs = wallMs - monotonicMs;
    const jumpMs = leadMs - this.#knownLeadMs;
    if (Math.abs(jumpMs) > MAX_DRIFT_MS) {
      const originMs = (this.#anchors.at(-1)?.originMs ?? this.#timeOriginMs) + jumpMs;
      this.#anchors.push({ fromMs: this.#lastCheckMs, originMs });
      if (this.#anchors.length > MAX_ANCHORS) this.#anchors.shift();
      this.#knownLeadMs = leadMs;
    }
    this.#lastCheckMs = monotonicMs + this.#applicationOffsetMs;
  }

  /** Nanoseconds since the epoch, exact to the microsecond. */
  toUnixNano(applicationMs: number): bigint {
    return sumNano(this.#originAt(applicationMs), applicationMs);
  }

  /** Whole milliseconds since the epoch, rounded up: what happened within a span must not come out before its start. */
  toWallMs(applicationMs: number): number {
    return Math.ceil(this.#originAt(applicationMs) + applicationMs);
  }

  #originAt(applicationMs: number): number {
    for (let index = this.#anchors.length - 1; index > 0; index--) {
      const anchor = this.#anchors[index];
      if (anchor !== undefined && applicationMs >= anchor.fromMs) return anchor.originMs;
    }
    return this.#anchors[0]?.originMs ?? this.#timeOriginMs;
  }
}

/** Whole milliseconds and fractions are added apart: a double holds today's time only to a quarter of a microsecond. */
function sumNano(originMs: number, offsetMs: number): bigint {
  const wholeOrigin = Math.floor(originMs);
  const wholeOffset = Math.floor(offsetMs);
  const fractionMs = originMs - wholeOrigin + (offsetMs - wholeOffset);
  return BigInt(wholeOrigin + wholeOffset) * BigInt(NS_PER_MS) + BigInt(Math.round(fractionMs * NS_PER_MS));
}
