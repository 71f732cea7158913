import type { ObservationHandle } from '../client/observation-handle.js';
import { type Progress, watchAbandoned } from './abandoned.js';

/** Chunks kept of one result; beyond it they are only counted. */
const MAX_CHUNKS = 10_000;

/** What a chunk that is no text is taken to weigh: measuring it would cost more than keeping it. */
const OBJECT_WEIGHT = 100;

/** What a streamed result gave, kept by reference until its observation ends. Text chunks become one text. */
export class Collected {
  readonly #handle: ObservationHandle;
  readonly #captures: boolean;
  readonly #progress: Progress;
  readonly #chunks: unknown[] = [];
  #weight = 0;
  #leftOut = 0;
  /** Bytes are counted and not kept: a file that streams through must not stay in memory. */
  #bytes = 0;
  #byteChunks = 0;

  /** @param result the object whose steps are followed; collected as garbage before its end, it counts as abandoned. */
  constructor(handle: ObservationHandle, result: object, captures: boolean) {
    this.#handle = handle;
    this.#captures = captures;
    this.#progress = watchAbandoned(handle, result);
  }

  add(chunk: unknown): void {
    this.#progress.lastMs = performance.now();
    if (!this.#captures) return;
    if (ArrayBuffer.isView(chunk)) {
      this.#byteChunks += 1;
      this.#bytes += chunk.byteLength;
    } else if (this.#chunks.length >= MAX_CHUNKS || this.#weight >= this.#handle.recorder.maxCaptureBytes) {
      // More than the record can hold is not kept alive for it.
      this.#leftOut += 1;
    } else {
      this.#weight += typeof chunk === 'string' ? chunk.length : OBJECT_WEIGHT;
      this.#chunks.push(chunk);
    }
  }

  /** @param returned what a generator returned. */
  end(returned?: unknown): void {
    const handle = this.#handle;
    if (handle.ended) return;
    if (!this.#captures) {
      handle.end();
      return;
    }
    const chunks = this.#chunks;
    if (returned !== undefined) chunks.push(returned);
    if (this.#byteChunks > 0) chunks.push(`[${this.#bytes} bytes in ${this.#byteChunks} chunks]`);
    if (this.#leftOut > 0) chunks.push(`…[+${this.#leftOut} chunks]`);
    // Nothing was seen: it gave nothing, or the platform read it by ways of its own.
    if (chunks.length === 0) handle.end();
    else handle.endWithOutput(chunks.every((chunk) => typeof chunk === 'string') ? chunks.join('') : chunks);
  }
}
