import { Readable } from 'node:stream';
import { type BodyLimits, type BodyResult, readBody } from '../../body.js';
import type { Reservation } from '../../inflight-budget.js';
import type { Refusal } from '../refusal.js';
import { refusalOfBody } from '../refusal.js';

/** One byte that says whether the message is compressed, four that say how long it is. */
const PREFIX_BYTES = 5;

/** What a call sends before it ends. */
export type MessageResult =
  | { readonly kind: 'ok'; readonly message: Buffer; readonly receivedBytes: number }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

export interface MessageSource {
  readonly stream: Readable;
  readonly isGzip: boolean;
  readonly reservation: Reservation;
}

/** Reads the one message of a unary call, within the limits of a request body. Never rejects. */
export async function readMessage(source: MessageSource, limits: BodyLimits): Promise<MessageResult> {
  const { stream, reservation, isGzip } = source;
  const maxBytes = limits.maxBodyBytes + PREFIX_BYTES;
  const framed = await readBody(
    { stream, isGzip: false, contentLengthBytes: undefined, reservation },
    { maxBodyBytes: maxBytes, maxInflatedBytes: maxBytes, timeoutMs: limits.timeoutMs },
  );
  if (framed.kind !== 'ok') return refused(framed);
  const { bytes, receivedBytes } = framed;
  if (bytes.byteLength < PREFIX_BYTES || bytes.readUInt32BE(1) !== bytes.byteLength - PREFIX_BYTES) {
    return broken('The call does not hold exactly one message.');
  }
  const message = bytes.subarray(PREFIX_BYTES);
  const flag = bytes[0];
  if (flag === 0) {
    const isTooLarge = message.byteLength > limits.maxInflatedBytes;
    return isTooLarge ? refused(tooLarge(limits)) : { kind: 'ok', message, receivedBytes };
  }
  if (flag !== 1 || !isGzip) return broken('The message is compressed in a way that its headers do not say.');
  const inflated = await inflate(message, reservation, limits);
  return inflated.kind === 'ok' ? { kind: 'ok', message: inflated.bytes, receivedBytes } : refused(inflated);
}

function inflate(message: Buffer, reservation: Reservation, limits: BodyLimits): Promise<BodyResult> {
  const stream = Readable.from([message], { objectMode: false });
  return readBody({ stream, isGzip: true, contentLengthBytes: undefined, reservation }, limits);
}

function tooLarge({ maxInflatedBytes }: BodyLimits): Exclude<BodyResult, { kind: 'ok' }> {
  return { kind: 'too_large', limitBytes: maxInflatedBytes, stage: 'decompressed' };
}

function refused(result: Exclude<BodyResult, { kind: 'ok' }>): MessageResult {
  return { kind: 'refused', refusal: refusalOfBody(result) };
}

function broken(message: string): MessageResult {
  return { kind: 'refused', refusal: { kind: 'broken', message } };
}
