import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { encodeExportResponse, encodeRpcStatus } from '@slipstream/wire';

/** What a faulty server does with one request, after it has read it whole. */
export type ScriptedAnswer =
  /** 200 with an empty OTLP response. */
  | { readonly kind: 'ok' }
  /** Any status, with an OTLP error as body; `retryAfter` is the header as it stands. */
  | { readonly kind: 'status'; readonly status: number; readonly retryAfter?: string; readonly message?: string }
  /** 200, but so many spans refused (0 with a message is a warning). */
  | { readonly kind: 'partial-success'; readonly rejectedSpans: number; readonly message: string }
  /** Reads the request and never answers. */
  | { readonly kind: 'hang' }
  /** Cuts the connection after the request, without an answer. */
  | { readonly kind: 'reset' }
  /** 200 after a while. */
  | { readonly kind: 'delay'; readonly delayMs: number }
  /** 200 at once, its body byte by byte over the stated time. */
  | { readonly kind: 'slow-body'; readonly durationMs: number }
  /** 200 at once and part of the body, then a cut. */
  | { readonly kind: 'reset-in-body' }
  /** 200 at once and a body that never ends, one byte after the other. */
  | { readonly kind: 'endless-body'; readonly intervalMs: number }
  /** Sends the client elsewhere. */
  | { readonly kind: 'redirect'; readonly status: number; readonly location: string }
  /** Any status with any body, as backends beside the specification answer. */
  | { readonly kind: 'text'; readonly status: number; readonly contentType: string; readonly text: string }
  /** 200 with bytes that are no OTLP response. */
  | { readonly kind: 'garbage' };

const CONTENT_TYPE = { 'content-type': 'application/x-protobuf' };
const INTERNAL_ERROR_CODE = 13;
const SLOW_BODY_STEPS = 8;

/** Whether a client may take the answer as an acknowledgement of what it sent. */
export function acknowledges(answer: ScriptedAnswer): boolean {
  switch (answer.kind) {
    case 'status':
    case 'text':
      return answer.status >= 200 && answer.status < 300;
    case 'hang':
    case 'reset':
    case 'redirect':
      return false;
    default:
      return true;
  }
}

/** Carries an answer out. Resolves early when the client goes. */
export async function sendScriptedAnswer(
  request: IncomingMessage,
  response: ServerResponse,
  answer: ScriptedAnswer,
): Promise<void> {
  switch (answer.kind) {
    case 'ok':
      return sendProtobuf(response, 200, encodeExportResponse({ partialSuccess: undefined }));
    case 'status':
      if (answer.retryAfter !== undefined) response.setHeader('retry-after', answer.retryAfter);
      return sendProtobuf(response, answer.status, statusBody(answer.message ?? `scripted ${answer.status}`));
    case 'partial-success':
      return sendProtobuf(response, 200, partialSuccessBody(answer.rejectedSpans, answer.message));
    case 'hang':
      return;
    case 'reset':
      request.socket.resetAndDestroy();
      return;
    case 'delay':
      await sleep(answer.delayMs, undefined, { ref: false });
      return sendProtobuf(response, 200, encodeExportResponse({ partialSuccess: undefined }));
    case 'slow-body':
      return sendSlowly(response, answer.durationMs);
    case 'reset-in-body':
      return resetInBody(request, response);
    case 'endless-body':
      return sendEndlessly(response, answer.intervalMs);
    case 'redirect':
      response.setHeader('location', answer.location);
      return sendProtobuf(response, answer.status, new Uint8Array());
    case 'text':
      response.writeHead(answer.status, { 'content-type': answer.contentType });
      response.end(answer.text);
      return;
    case 'garbage':
      return sendProtobuf(response, 200, Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff]));
  }
}

/** A body that says "internal error", as OTLP wants it. */
export function statusBody(message: string): Uint8Array {
  return encodeRpcStatus({ code: INTERNAL_ERROR_CODE, message });
}

/** Answers once; does nothing when the client has gone. */
export function sendProtobuf(response: ServerResponse, status: number, body: Uint8Array): void {
  if (response.destroyed) return;
  response.writeHead(status, { ...CONTENT_TYPE, 'content-length': body.length });
  response.end(body);
}

function partialSuccessBody(rejectedSpans: number, errorMessage: string): Uint8Array {
  return encodeExportResponse({ partialSuccess: { rejectedSpans: BigInt(rejectedSpans), errorMessage } });
}

async function sendSlowly(response: ServerResponse, durationMs: number): Promise<void> {
  const body = partialSuccessBody(0, 'slow');
  response.writeHead(200, { ...CONTENT_TYPE, 'content-length': body.length });
  const stepBytes = Math.ceil(body.length / SLOW_BODY_STEPS);
  for (let start = 0; start < body.length && !response.destroyed; start += stepBytes) {
    await sleep(durationMs / SLOW_BODY_STEPS, undefined, { ref: false });
    response.write(body.subarray(start, start + stepBytes));
  }
  response.end();
}

function resetInBody(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = partialSuccessBody(0, 'cut off');
  response.writeHead(200, { ...CONTENT_TYPE, 'content-length': body.length });
  return new Promise((resolve) => {
    // Only what has left can be seen to be cut off.
    response.write(body.subarray(0, 2), () => {
      request.socket.resetAndDestroy();
      resolve();
    });
  });
}

async function sendEndlessly(response: ServerResponse, intervalMs: number): Promise<void> {
  response.writeHead(200, CONTENT_TYPE);
  while (!response.destroyed) {
    response.write(Buffer.alloc(1));
    await sleep(intervalMs, undefined, { ref: false });
  }
}
