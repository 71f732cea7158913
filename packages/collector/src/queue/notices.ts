/** Says the first of many like events at once, and those that follow together, so that a flood of them makes few lines. */
export interface RepeatedNotice {
  /** One more has happened. */
  note(): void;
}

const QUIET_MS = 60_000;

/** `say` is told how many there were since it was last told. */
export function createRepeatedNotice(
  say: (count: number) => void,
  nowMs: () => number = () => performance.now(),
): RepeatedNotice {
  let count = 0;
  let quietUntil = Number.NEGATIVE_INFINITY;
  return {
    note() {
      count++;
      if (nowMs() < quietUntil) return;
      quietUntil = nowMs() + QUIET_MS;
      say(count);
      count = 0;
    },
  };
}
