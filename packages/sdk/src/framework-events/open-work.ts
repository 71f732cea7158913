/** Pieces of work without an end that are kept at most; the oldest makes room. */
const MAX_OPEN = 10_000;
const SWEEP_INTERVAL_MS = 10_000;

/** When work will not end any more, and what is done then. */
export interface OpenWorkRules<Work> {
  /** @param nowMs - milliseconds since the epoch */
  isOver(work: Work, nowMs: number): boolean;
  /** Called after it was taken out. */
  giveUp(work: Work): void;
}

/**
 * Work that a framework reported the beginning of. Frameworks do not report every end (a stream that is left early, an
 * aborted call), so what is kept here is bounded in number and looked through from time to time.
 */
export class OpenWork<Work> {
  readonly #open = new Map<string, Work>();
  readonly #rules: OpenWorkRules<Work>;
  #sweeper: ReturnType<typeof setTimeout> | undefined;

  constructor(rules: OpenWorkRules<Work>) {
    this.#rules = rules;
  }

  get(id: string): Work | undefined {
    return this.#open.get(id);
  }

  add(id: string, work: Work): void {
    const [oldest] = this.#open.size >= MAX_OPEN ? this.#open.keys() : [];
    if (oldest !== undefined) this.#giveUp(oldest);
    this.#open.set(id, work);
    this.#scheduleSweep();
  }

  take(id: string): Work | undefined {
    const work = this.#open.get(id);
    if (work !== undefined) this.#open.delete(id);
    return work;
  }

  /** Gives up all that fit. */
  giveUpWhere(fits: (work: Work) => boolean): void {
    for (const [id, work] of this.#open) if (fits(work)) this.#giveUp(id);
  }

  #giveUp(id: string): void {
    const work = this.take(id);
    if (work !== undefined) this.#rules.giveUp(work);
  }

  #scheduleSweep(): void {
    if (this.#sweeper !== undefined) return;
    this.#sweeper = setTimeout(() => {
      this.#sweeper = undefined;
      const nowMs = Date.now();
      this.giveUpWhere((work) => this.#rules.isOver(work, nowMs));
      if (this.#open.size > 0) this.#scheduleSweep();
    }, SWEEP_INTERVAL_MS);
    // Open work keeps no process alive. Runtimes for the edge give a number instead of a timer.
    if (typeof this.#sweeper === 'object') this.#sweeper.unref();
  }
}
