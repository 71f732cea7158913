/** A clock that moves only when told to, and the timers set on it. */
export interface FakeClock {
  /** Milliseconds since the epoch. */
  nowMs(): number;
  /** Nanoseconds since the epoch. */
  nowUnixNano(): bigint;
  /** Moves on and runs each timer that falls due, in order of its time (then of its setting). */
  advanceMs(durationMs: number): void;
  /** @returns an id for `clearTimer`. */
  setTimer(callback: () => void, delayMs: number): number;
  clearTimer(id: number): void;
  /** Timers that have not run yet. */
  pendingCount(): number;
}

interface FakeTimer {
  readonly id: number;
  readonly dueMs: number;
  readonly callback: () => void;
}

/** 2024-01-01T00:00:00Z: any fixed instant serves; a round one is easy to read in a failure. */
const DEFAULT_START_MS = 1_704_067_200_000;

export function createFakeClock(startMs: number = DEFAULT_START_MS): FakeClock {
  let currentMs = startMs;
  let nextId = 1;
  const timers = new Map<number, FakeTimer>();

  function earliestDue(limitMs: number): FakeTimer | undefined {
    let earliest: FakeTimer | undefined;
    for (const timer of timers.values()) {
      if (timer.dueMs <= limitMs && (earliest === undefined || timer.dueMs < earliest.dueMs)) earliest = timer;
    }
    return earliest;
  }

  return {
    nowMs: () => currentMs,
    nowUnixNano: () => BigInt(Math.round(currentMs * 1000)) * 1000n,
    advanceMs(durationMs) {
      const targetMs = currentMs + durationMs;
      for (let timer = earliestDue(targetMs); timer !== undefined; timer = earliestDue(targetMs)) {
        currentMs = timer.dueMs;
        timers.delete(timer.id);
        timer.callback();
      }
      currentMs = targetMs;
    },
    setTimer(callback, delayMs) {
      const id = nextId++;
      timers.set(id, { id, dueMs: currentMs + Math.max(0, delayMs), callback });
      return id;
    },
    clearTimer: (id) => void timers.delete(id),
    pendingCount: () => timers.size,
  };
}
