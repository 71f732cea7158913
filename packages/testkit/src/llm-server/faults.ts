import { createRandom } from '../random/seeded-random.js';
import type { ChatRequest } from './chat-request.js';

/**
 * What can go wrong with a request: `rate-limit` answers 429, `server-error` 500, `drop` cuts the connection in the
 * middle of the answer, `slow` waits long before the first token, `hang` never answers.
 */
export const LLM_FAULT_KINDS = ['rate-limit', 'server-error', 'drop', 'slow', 'hang'] as const;

export type LlmFaultKind = (typeof LLM_FAULT_KINDS)[number];

/** Request header that asks for a fault: `<kind>` or `<kind>:<times>`. */
export const FAULT_HEADER = 'x-testkit-fault';

/** Request header that states the length of the answer in tokens. */
export const COMPLETION_TOKENS_HEADER = 'x-testkit-completion-tokens';

interface RequestedFault {
  readonly kind: LlmFaultKind;
  /** Attempts that fail before one succeeds, counted by the client's retry header. */
  readonly times: number;
}

/** A marker to be put into a prompt: it asks for the fault on every attempt, or on the first `times` only. */
export function faultMarker(kind: LlmFaultKind, times?: number): string {
  return times === undefined ? `[[fault:${kind}]]` : `[[fault:${kind}:${times}]]`;
}

const MARKER_PATTERN = /\[\[fault:([a-z-]+(?::\d{1,3})?)\]\]/;
const MODEL_PATTERN = /\+fault:([a-z-]+(?::\d{1,3})?)$/;

/**
 * The fault of one request: by its header, else by its model's name (`gpt-4o-mini+fault:drop`), else by a marker in a
 * message, else by the configured chances (seeded by the request, so that the same request fails the same way).
 */
export function chooseFault(
  request: ChatRequest,
  seed: number | string,
  randomFaults: Partial<Record<LlmFaultKind, number>>,
): LlmFaultKind | undefined {
  const requested =
    parseFault(request.faultHeader) ??
    parseFault(MODEL_PATTERN.exec(request.model)?.[1]) ??
    parseFault(MARKER_PATTERN.exec(request.promptText)?.[1]);
  if (requested !== undefined) return request.attempt < requested.times ? requested.kind : undefined;
  return rollFault(request, seed, randomFaults);
}

function parseFault(text: string | undefined): RequestedFault | undefined {
  if (text === undefined) return undefined;
  const [name, times] = text.split(':');
  const kind = LLM_FAULT_KINDS.find((candidate) => candidate === name);
  if (kind === undefined) return undefined;
  return { kind, times: times === undefined ? Number.POSITIVE_INFINITY : Number(times) };
}

function rollFault(
  request: ChatRequest,
  seed: number | string,
  chances: Partial<Record<LlmFaultKind, number>>,
): LlmFaultKind | undefined {
  // The attempt is part of the seed: a retry rolls again, so that random faults are transient.
  let roll = createRandom(`${seed}/fault/${request.digest}/${request.attempt}`).next();
  for (const kind of LLM_FAULT_KINDS) {
    const chance = chances[kind] ?? 0;
    if (roll < chance) return kind;
    roll -= chance;
  }
  return undefined;
}
