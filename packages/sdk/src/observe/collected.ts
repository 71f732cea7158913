import type { ObservationHandle } from '../client/observation-handle.js';

/** Chunks kept of one result; beyond it they are only counted. */
const MAX_CHUNKS = 10_000;

/** What a streamed result gave, kept by reference until its observation ends. Text chunks become one text. */
export class Collected {
  readonly #captures: boolean;
  readonly #chunks: unknown[] = [];
  #leftOut = 0;

  constructor(captures: boolean) {
    this.#captures = captures;
  }

  add(chunk: unknown): void {
    if (!this.#captures) return;
    if (this.#chunks.length < MAX_CHUNKS) this.#chunks.push(chunk);
    else this.#leftOut += 1;
  }

  end(handle: ObservationHandle, returned: unknown): void {
    if (handle.ended) return;
    if (!this.#captures) {
      handle.end();
      return;
    }
    if (returned !== undefined) this.#chunks.push(returned);
    if (this.#leftOut > 0) this.#chunks.push(`…[+${this.#leftOut} chunks]`);
    handle.endWithOutput(
      this.#chunks.every((chunk) => typeof chunk === 'string') ? this.#chunks.join('') : this.#chunks,
    );
  }
}
