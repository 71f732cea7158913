import type { ScoreEvent } from './score-event.js';

/** Scores that wait, and those that are under way: bounded, the oldest that wait go first. */
export class ScoreQueue {
  readonly #maxCount: number;
  readonly #maxCharacters: number;
  #waiting: ScoreEvent[] = [];
  #underWay: readonly ScoreEvent[] = [];
  #characters = 0;

  /** @param maxCharacters of all that wait, about a byte each. */
  constructor(maxCount: number, maxCharacters: number) {
    this.#maxCount = maxCount;
    this.#maxCharacters = maxCharacters;
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0 && this.#underWay.length === 0;
  }

  get isUnderWay(): boolean {
    return this.#underWay.length > 0;
  }

  get waitingCount(): number {
    return this.#waiting.length;
  }

  /** Number of the oldest score that is neither delivered nor dropped. */
  get oldestNumber(): number {
    let oldest = Number.POSITIVE_INFINITY;
    for (const { number } of [...this.#waiting.slice(0, 1), ...this.#underWay]) oldest = Math.min(oldest, number);
    return oldest;
  }

  /** Takes a score in; returns how many had to go for it. */
  add(event: ScoreEvent): number {
    this.#waiting.push(event);
    this.#characters += event.json.length;
    return this.#shrink();
  }

  /** The oldest that wait, at most so many and so much of them; they are under way from now on. */
  take(maxCount: number, maxCharacters: number): readonly ScoreEvent[] {
    let characters = 0;
    let count = 0;
    for (const event of this.#waiting.slice(0, maxCount)) {
      characters += event.json.length;
      if (count > 0 && characters > maxCharacters) break;
      count++;
    }
    this.#underWay = this.#waiting.splice(0, count);
    for (const event of this.#underWay) this.#characters -= event.json.length;
    return this.#underWay;
  }

  /** What was under way is settled, but for these, which wait again. Returns how many had to go. */
  settle(again: readonly ScoreEvent[]): number {
    this.#underWay = [];
    this.#waiting = [...again, ...this.#waiting];
    for (const event of again) this.#characters += event.json.length;
    return this.#shrink();
  }

  /** Empties what waits; returns how many that were. */
  clear(): number {
    const count = this.#waiting.length;
    this.#waiting = [];
    this.#characters = 0;
    return count;
  }

  #shrink(): number {
    let dropped = 0;
    while (
      this.#waiting.length > this.#maxCount ||
      (this.#characters > this.#maxCharacters && this.#waiting.length > 1)
    ) {
      this.#characters -= this.#waiting.shift()?.json.length ?? 0;
      dropped++;
    }
    return dropped;
  }
}
