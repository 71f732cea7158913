import { isWireError, readExportResponse, readRpcStatus } from '@slipstream/wire';

/** What a backend said of spans that it took in part. */
export interface PartialSuccess {
  readonly rejectedCount: number;
  readonly message: string;
}

const OPENING_BRACE = 0x7b;

/** From an accepting answer, in protobuf or JSON whatever the header says; nothing where there is nothing to read. */
export function readPartialSuccess(body: Buffer): PartialSuccess {
  if (body.byteLength === 0) return { rejectedCount: 0, message: '' };
  try {
    return body[0] === OPENING_BRACE ? partialInJson(body) : partialInProtobuf(body);
  } catch {
    // Backends answer in many ways ("ok", HTML); a 2xx that says nothing readable has rejected nothing.
    return { rejectedCount: 0, message: '' };
  }
}

function partialInJson(body: Buffer): PartialSuccess {
  const { partialSuccess } = (parseJson(body) ?? {}) as { partialSuccess?: Record<string, unknown> | null };
  const { rejectedSpans, errorMessage } = partialSuccess ?? {};
  return { rejectedCount: toCount(rejectedSpans), message: typeof errorMessage === 'string' ? errorMessage : '' };
}

function partialInProtobuf(body: Buffer): PartialSuccess {
  const { partialSuccess } = readExportResponse(body);
  return { rejectedCount: toCount(partialSuccess?.rejectedSpans), message: partialSuccess?.errorMessage ?? '' };
}

function toCount(value: unknown): number {
  return Math.max(0, Math.trunc(Number(value ?? 0))) || 0;
}

/** What a refusing answer says, as text: OTLP's status in protobuf, the usual members in JSON, else the body itself. */
export function readRefusal(body: Buffer, contentType: string): string {
  if (contentType.includes('protobuf')) {
    try {
      return readRpcStatus(body).message;
    } catch (error) {
      if (!isWireError(error)) throw error;
      return '';
    }
  }
  return body[0] === OPENING_BRACE ? messageInJson(body) : body.toString('utf8');
}

function messageInJson(body: Buffer): string {
  const { message, error } = (parseJson(body) ?? {}) as { message?: unknown; error?: unknown };
  const texts = [message, (error as { message?: unknown } | null)?.message, error].filter(
    (text) => typeof text === 'string',
  );
  return texts[0] ?? body.toString('utf8');
}

/** What an ingestion API says of one event. */
export interface EventFault {
  readonly status: number;
  readonly message: string;
}

/** Refused events by their id; those that the answer does not name were taken. */
export function readEventFaults(body: Buffer): ReadonlyMap<string, EventFault> {
  const faults = new Map<string, EventFault>();
  const { errors } = (parseJson(body) ?? {}) as { errors?: unknown };
  for (const value of Array.isArray(errors) ? (errors as unknown[]) : []) {
    const { id, status, message, error } = (value ?? {}) as Record<string, unknown>;
    if (typeof id !== 'string') continue;
    const text = [message, error].find((part) => typeof part === 'string');
    faults.set(id, { status: typeof status === 'number' ? status : 0, message: typeof text === 'string' ? text : '' });
  }
  return faults;
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch {
    // Cut, or something else; nothing of it can be used.
    return undefined;
  }
}
