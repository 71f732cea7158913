import { constants, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import type { BodyLimits } from '../../body.js';
import type { InflightBudget } from '../../inflight-budget.js';
import type { Refusal } from '../refusal.js';
import { readMessage } from './message.js';
import { GRPC_CODE, type GrpcStatus, statusOfRefusal, statusTrailers } from './status.js';

/** How a method answers. */
export type GrpcAnswer =
  | { readonly kind: 'ok'; readonly message: Uint8Array }
  | { readonly kind: 'failed'; readonly status: GrpcStatus };

/** One unary method. Messages are bytes: what they mean is the method's own business. */
export interface GrpcMethod {
  /** For example `/grpc.health.v1.Health/Check`. */
  readonly path: string;
  /** Whether it answers without the token, as probes need. */
  readonly isOpen: boolean;
  /** `isCancelled` tells whether the caller has gone, so that nobody waits for what is about to be done. */
  handle(message: Buffer, call: { readonly receivedBytes: number; isCancelled(): boolean }): Promise<GrpcAnswer>;
  /** Told of calls that end before {@link handle} sees them. */
  onRefused?(refusal: Refusal): void;
}

export interface CallSettings {
  readonly methods: ReadonlyMap<string, GrpcMethod>;
  readonly limits: BodyLimits;
  readonly budget: InflightBudget;
  /** Whether a call may be made, by its `authorization` metadata. */
  readonly isAuthorized: (authorization: string | undefined) => boolean;
  readonly onInternalError: (error: unknown) => void;
}

const CONTENT_TYPE = 'application/grpc';
const PLAIN_ANSWER = { ':status': 200, 'content-type': CONTENT_TYPE, 'grpc-accept-encoding': 'identity,gzip' } as const;

/** Serves one call, to its end. Never rejects. */
export async function serveCall(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  settings: CallSettings,
): Promise<void> {
  // Whoever reads the stream sees its errors as well; this keeps those that come when nobody does from being thrown.
  stream.on('error', () => undefined);
  if (!isGrpc(headers)) {
    stream.respond({ ':status': headers[':method'] === 'POST' ? 415 : 405, allow: 'POST' }, { endStream: true });
    stream.close(constants.NGHTTP2_NO_ERROR);
    return;
  }
  const method = settings.methods.get(headers[':path'] ?? '');
  const failure = failureOfHeaders(headers, method, settings);
  if (method === undefined || failure !== undefined) {
    return fail(stream, failure ?? { code: GRPC_CODE.unimplemented, message: 'There is no such method.' });
  }
  await serveMethod(stream, headers, method, settings);
}

function isGrpc(headers: IncomingHttpHeaders): boolean {
  const type = headers['content-type'];
  return headers[':method'] === 'POST' && type !== undefined && /^application\/grpc(\+proto)?(;|$)/i.test(type);
}

function failureOfHeaders(
  headers: IncomingHttpHeaders,
  method: GrpcMethod | undefined,
  settings: CallSettings,
): GrpcStatus | undefined {
  if (method?.isOpen !== true && !settings.isAuthorized(headers.authorization)) {
    const message = 'This collector needs its token as metadata: "authorization: Bearer <token>".';
    return { code: GRPC_CODE.unauthenticated, message };
  }
  if (method === undefined) {
    const message = `This collector does not implement ${(headers[':path'] ?? '').slice(0, 200)}.`;
    return { code: GRPC_CODE.unimplemented, message };
  }
  const encoding = encodingOf(headers);
  if (encoding !== 'identity' && encoding !== 'gzip') {
    const message = `The encoding must be gzip or identity, and is ${JSON.stringify(encoding.slice(0, 100))}.`;
    return { code: GRPC_CODE.unimplemented, message };
  }
  if (readTimeoutMs(headers) === undefined) return { code: GRPC_CODE.internal, message: 'grpc-timeout is malformed.' };
  return undefined;
}

function encodingOf(headers: IncomingHttpHeaders): string {
  const value = headers['grpc-encoding'];
  return typeof value === 'string' && value !== '' ? value.toLowerCase() : 'identity';
}

const TIMEOUT = /^(\d{1,8})([HMSmun])$/;
const TIMEOUT_UNITS_MS: Readonly<Record<string, number>> = {
  H: 3_600_000,
  M: 60_000,
  S: 1000,
  m: 1,
  u: 0.001,
  n: 0.000_001,
};
/** What a timer can hold. */
const MAX_TIMEOUT_MS = 2_147_483_647;

/** How long the caller waits: infinite where it does not say, `undefined` where that cannot be read. */
function readTimeoutMs(headers: IncomingHttpHeaders): number | undefined {
  const value = headers['grpc-timeout'];
  if (value === undefined) return Number.POSITIVE_INFINITY;
  const [, amount, unit = ''] = TIMEOUT.exec(String(value)) ?? [];
  const unitMs = TIMEOUT_UNITS_MS[unit];
  return unitMs === undefined ? undefined : Number(amount) * unitMs;
}

async function serveMethod(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  method: GrpcMethod,
  settings: CallSettings,
): Promise<void> {
  const timeoutMs = readTimeoutMs(headers) ?? 0;
  const expired = { code: GRPC_CODE.deadlineExceeded, message: 'The deadline of the call has passed.' };
  const timer =
    timeoutMs > MAX_TIMEOUT_MS ? undefined : setTimeout(() => fail(stream, expired), Math.max(1, timeoutMs));
  const reservation = settings.budget.reserve();
  try {
    const source = { stream, isGzip: encodingOf(headers) === 'gzip', reservation };
    const read = await readMessage(source, settings.limits);
    if (isGone(stream)) return;
    if (read.kind === 'refused') {
      method.onRefused?.(read.refusal);
      return fail(stream, statusOfRefusal(read.refusal));
    }
    const call = { receivedBytes: read.receivedBytes, isCancelled: () => isGone(stream) };
    const answer = await method.handle(read.message, call);
    if (answer.kind === 'ok') succeed(stream, answer.message);
    else fail(stream, answer.status);
  } catch (error) {
    settings.onInternalError(error);
    fail(stream, { code: GRPC_CODE.internal, message: 'The collector failed on this call; its log says why.' });
  } finally {
    clearTimeout(timer);
    reservation.release();
  }
}

/** Answered already, which the deadline does, or cancelled by the caller. */
function isGone(stream: ServerHttp2Stream): boolean {
  return stream.headersSent || stream.aborted || stream.destroyed || stream.rstCode !== constants.NGHTTP2_NO_ERROR;
}

function succeed(stream: ServerHttp2Stream, message: Uint8Array): void {
  if (isGone(stream)) return;
  const frame = Buffer.alloc(5 + message.byteLength);
  frame.writeUInt32BE(message.byteLength, 1);
  frame.set(message, 5);
  stream.on('wantTrailers', () => stream.sendTrailers(statusTrailers({ code: GRPC_CODE.ok, message: '' })));
  stream.respond(PLAIN_ANSWER, { waitForTrailers: true });
  stream.end(frame);
}

function fail(stream: ServerHttp2Stream, status: GrpcStatus): void {
  if (isGone(stream)) return;
  stream.respond({ ...PLAIN_ANSWER, ...statusTrailers(status) }, { endStream: true });
  // The rest of the message is of no use; without this the caller would go on to send it.
  if (!stream.readableEnded) stream.close(constants.NGHTTP2_NO_ERROR);
}
