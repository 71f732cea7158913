import { z } from 'zod';
import { messageOf } from '../errors.js';
import type { OpenCalls } from '../http/open-calls.js';

/** What came back from one call. */
export type CallResult =
  | {
      readonly kind: 'answered';
      readonly targetWord: string;
      readonly promptTokens: number;
      readonly completionTokens: number;
    }
  | { readonly kind: 'refused'; readonly status: number }
  | { readonly kind: 'failed'; readonly reason: string };

/** The service as the driver sees it. Never rejects. */
export interface LessonClient {
  post(path: '/init_conversation' | '/webhook', body: object): Promise<CallResult>;
}

/** Longer than the slowest answer (1,000 tokens and a slow start, at real speed), with the client library's retries. */
const CALL_TIMEOUT_MS = 120_000;

const answerSchema = z.object({
  target_word: z.string(),
  usage: z.object({ prompt_tokens: z.number(), completion_tokens: z.number() }).optional(),
});

/** @param calls - takes the calls in progress, so that a driver that has to stop can cut them. */
export function createLessonClient(baseUrl: string, calls: OpenCalls): LessonClient {
  return {
    async post(path, body) {
      const url = new URL(path, baseUrl);
      try {
        return await calls.run((signal) => send(url, JSON.stringify(body), signal), CALL_TIMEOUT_MS);
      } catch (error) {
        return { kind: 'failed', reason: messageOf(error) };
      }
    },
  };
}

async function send(url: URL, body: string, signal: AbortSignal): Promise<CallResult> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body, signal });
  const value: unknown = await response.json();
  if (!response.ok) return { kind: 'refused', status: response.status };
  const { target_word: targetWord, usage } = answerSchema.parse(value);
  return {
    kind: 'answered',
    targetWord,
    promptTokens: usage?.prompt_tokens ?? 0,
    completionTokens: usage?.completion_tokens ?? 0,
  };
}
