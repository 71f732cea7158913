import { TestkitError } from '../errors.js';
import type { ChatRequest } from './chat-request.js';
import type { LlmFaultKind } from './faults.js';

/** US dollars for a million tokens. */
export interface LlmPrices {
  readonly inputPerMillion: number;
  readonly cachedInputPerMillion: number;
  readonly outputPerMillion: number;
}

/** How long answers take, before `timeScale`. */
export interface LlmDelays {
  /** From the request to the first token. @default 0 */
  readonly firstTokenDelayMs?: number;
  /** Added to the first token's delay for each 1,000 tokens of the prompt. @default 0 */
  readonly prefillDelayMsPerThousand?: number;
  /** Between two tokens. @default 0 */
  readonly perTokenDelayMs?: number;
  /** What a `slow` fault adds to the first token's delay. @default 3,000 */
  readonly slowDelayMs?: number;
}

/** About what a small hosted model takes: a fifth to half a second to the first token, then 80 tokens a second. */
export const REALISTIC_LLM_DELAYS: Required<LlmDelays> = {
  firstTokenDelayMs: 250,
  prefillDelayMsPerThousand: 60,
  perTokenDelayMs: 12,
  slowDelayMs: 8_000,
};

/** Options of `createLlmServer`. */
export interface LlmServerOptions extends LlmDelays {
  /** 0 takes any free port. @default 0 */
  readonly port?: number;
  /** Equal seeds give equal answers to equal requests, whatever came before. @default 'testkit' */
  readonly seed?: number | string;
  /** All delays times this: 0.05 makes time run 20 times as fast. @default 1 */
  readonly timeScale?: number;
  /**
   * Shortest time between two chunks of a stream; tokens that fall due meanwhile share a chunk, as with real
   * providers, so that fast answers do not cost a write each token. Without a token delay each token is a chunk.
   * @default 20
   */
  readonly chunkIntervalMs?: number;
  /** Chance of each fault on a request that asks for none. @default none */
  readonly randomFaults?: Partial<Record<LlmFaultKind, number>>;
  /** @default 4 MiB */
  readonly maxBodyBytes?: number;
  /** Requests answered at the same time; more get a 503. @default 1,024 */
  readonly maxInFlightCount?: number;
  /** Longest answer. @default 8,192 */
  readonly maxCompletionTokens?: number;
  /** What `/v1/models` lists; any model name is answered. @default one name */
  readonly models?: readonly string[];
  /** @default 0.15, 0.075, 0.6 */
  readonly prices?: LlmPrices;
  /** When set, any other bearer token is answered 401. @default not checked */
  readonly apiKey?: string;
  /** Called with each well-formed chat request, before it is answered. */
  readonly onChatRequest?: (request: ChatRequest) => void;
  /** Milliseconds since the epoch, for `created`. @default Date.now */
  readonly nowMs?: () => number;
}

/** Options with every default filled in. */
export type LlmServerSettings = Required<Omit<LlmServerOptions, 'apiKey' | 'onChatRequest'>> &
  Pick<LlmServerOptions, 'apiKey' | 'onChatRequest'>;

const DEFAULTS: LlmServerSettings = {
  port: 0,
  seed: 'testkit',
  firstTokenDelayMs: 0,
  prefillDelayMsPerThousand: 0,
  perTokenDelayMs: 0,
  slowDelayMs: 3_000,
  timeScale: 1,
  chunkIntervalMs: 20,
  randomFaults: {},
  maxBodyBytes: 4 * 1024 * 1024,
  maxInFlightCount: 1_024,
  maxCompletionTokens: 8_192,
  models: ['openai/gpt-4o-mini'],
  prices: { inputPerMillion: 0.15, cachedInputPerMillion: 0.075, outputPerMillion: 0.6 },
  nowMs: Date.now,
};

/** @throws TestkitError `INVALID_OPTION` for a negative or unbounded number. */
export function resolveOptions(options: LlmServerOptions): LlmServerSettings {
  for (const [name, value] of Object.entries(options)) {
    if (typeof value === 'number' && name !== 'seed' && !(Number.isFinite(value) && value >= 0)) {
      throw new TestkitError('INVALID_OPTION', `${name} must be a number of 0 or more, not ${value}`);
    }
  }
  return { ...DEFAULTS, ...options };
}
