import type { Readable } from 'node:stream';
import { createGunzip, type Gunzip } from 'node:zlib';
import { reasonOf } from '../errors.js';
import type { Reservation } from './inflight-budget.js';

export interface BodyLimits {
  /** As it comes over the network. */
  readonly maxBodyBytes: number;
  /** After decompression. */
  readonly maxInflatedBytes: number;
  /** From the headers to the last byte; a sender that trickles is cut off. */
  readonly timeoutMs: number;
}

/** What became of a request body. */
export type BodyResult =
  | { readonly kind: 'ok'; readonly bytes: Buffer; readonly receivedBytes: number }
  | { readonly kind: 'too_large'; readonly limitBytes: number; readonly stage: 'received' | 'decompressed' }
  | { readonly kind: 'broken'; readonly reason: string }
  | { readonly kind: 'timeout'; readonly timeoutMs: number }
  /** The bodies of all requests together hold too much memory. */
  | { readonly kind: 'overloaded' }
  /** The sender went away. */
  | { readonly kind: 'aborted' };

export interface BodySource {
  readonly stream: Readable;
  readonly isGzip: boolean;
  /** As the header says; only believed where it says that the body is too large. */
  readonly contentLengthBytes: number | undefined;
  readonly reservation: Reservation;
}

/** A refused sender gets its answer at once; to see it, it must be able to finish writing, within reason. */
const MAX_DISCARDED_BYTES = 64 * 1024 * 1024;
const DISCARD_TIMEOUT_MS = 10_000;

/** Reads a body, inflating as it comes, so that neither size is ever held beyond its limit. Never rejects. */
export function readBody(source: BodySource, limits: BodyLimits): Promise<BodyResult> {
  if ((source.contentLengthBytes ?? 0) > limits.maxBodyBytes) {
    discardBody(source.stream);
    return Promise.resolve({ kind: 'too_large', limitBytes: limits.maxBodyBytes, stage: 'received' });
  }
  return new Promise((resolve) => {
    new BodyReader(source, limits, resolve).start();
  });
}

/** Lets the rest of a body pass unread, and cuts the connection where that takes too long. */
export function discardBody(stream: Readable): void {
  let discardedBytes = 0;
  const timer = setTimeout(() => stream.destroy(), DISCARD_TIMEOUT_MS);
  timer.unref();
  stream.on('data', (chunk: Buffer) => {
    discardedBytes += chunk.byteLength;
    if (discardedBytes > MAX_DISCARDED_BYTES) stream.destroy();
  });
  stream.once('close', () => clearTimeout(timer));
  // The sender may go away meanwhile; there is nobody left to tell.
  stream.on('error', () => undefined);
  stream.resume();
}

class BodyReader {
  readonly #source: BodySource;
  readonly #limits: BodyLimits;
  readonly #resolve: (result: BodyResult) => void;
  readonly #inflater: Gunzip | undefined;
  readonly #chunks: Buffer[] = [];
  #receivedBytes = 0;
  #keptBytes = 0;
  #isDone = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(source: BodySource, limits: BodyLimits, resolve: (result: BodyResult) => void) {
    this.#source = source;
    this.#limits = limits;
    this.#resolve = resolve;
    this.#inflater = source.isGzip ? createGunzip() : undefined;
  }

  start(): void {
    const { stream } = this.#source;
    const { timeoutMs } = this.#limits;
    this.#timer = setTimeout(() => this.#finish({ kind: 'timeout', timeoutMs }), timeoutMs);
    stream.on('data', this.#onData);
    stream.on('end', this.#onEnd);
    stream.on('error', this.#onGone);
    stream.on('close', this.#onGone);
    this.#inflater?.on('data', (chunk: Buffer) => this.#keep(chunk));
    this.#inflater?.on('end', () => this.#succeed());
    this.#inflater?.on('error', (error) => this.#finish({ kind: 'broken', reason: `gzip: ${reasonOf(error)}` }));
    this.#inflater?.on('drain', () => stream.resume());
  }

  readonly #onData = (chunk: Buffer): void => {
    this.#receivedBytes += chunk.byteLength;
    if (this.#receivedBytes > this.#limits.maxBodyBytes) {
      this.#finish({ kind: 'too_large', limitBytes: this.#limits.maxBodyBytes, stage: 'received' });
    } else if (this.#inflater === undefined) {
      this.#keep(chunk);
    } else if (!this.#inflater.write(chunk)) {
      this.#source.stream.pause();
    }
  };

  readonly #onEnd = (): void => {
    if (this.#inflater === undefined) this.#succeed();
    else this.#inflater.end();
  };

  readonly #onGone = (): void => {
    // 'close' follows a proper end as well; an inflater is then still at work.
    if (!this.#source.stream.readableEnded) this.#finish({ kind: 'aborted' });
  };

  #keep(chunk: Buffer): void {
    if (this.#isDone) return;
    this.#keptBytes += chunk.byteLength;
    if (this.#keptBytes > this.#limits.maxInflatedBytes) {
      this.#finish({ kind: 'too_large', limitBytes: this.#limits.maxInflatedBytes, stage: 'decompressed' });
    } else if (this.#source.reservation.grow(chunk.byteLength)) {
      this.#chunks.push(chunk);
    } else {
      this.#finish({ kind: 'overloaded' });
    }
  }

  #succeed(): void {
    const only = this.#chunks.length === 1 ? this.#chunks[0] : undefined;
    const bytes = only ?? Buffer.concat(this.#chunks, this.#keptBytes);
    this.#finish({ kind: 'ok', bytes, receivedBytes: this.#receivedBytes });
  }

  #finish(result: BodyResult): void {
    if (this.#isDone) return;
    this.#isDone = true;
    clearTimeout(this.#timer);
    const { stream } = this.#source;
    stream.off('data', this.#onData);
    stream.off('end', this.#onEnd);
    stream.off('error', this.#onGone);
    stream.off('close', this.#onGone);
    this.#inflater?.destroy();
    if (result.kind !== 'ok') this.#chunks.length = 0;
    if (!stream.readableEnded && !stream.destroyed) discardBody(stream);
    this.#resolve(result);
  }
}
