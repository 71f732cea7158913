import { createLlmServer } from '@slipstream/testkit';
import { expect } from 'vitest';
import type { ClientProgram } from './installed.js';
import { otlpEnvironment, type Recording, record } from './record.js';

/** A provider's usage as its answer says it. */
export interface AnswerUsage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
}

/** Runs a program that asks an OpenAI-compatible server, and reads the one trace that it made. */
export async function recordWithLlm(program: ClientProgram): Promise<Recording> {
  const llm = await createLlmServer();
  try {
    const recording = await record(program, (collector) => ({
      ...otlpEnvironment(collector),
      OPENAI_BASE_URL: llm.url,
      OPENAI_API_KEY: 'sk-test',
    }));
    expect(recording.result.stderr).toBe('');
    return recording;
  } finally {
    await llm.close();
  }
}

/** Usage and cost of an answer without cached or reasoning tokens, at `gpt-4o-mini`'s price. */
export function usageOf({ prompt_tokens, completion_tokens, total_tokens }: AnswerUsage) {
  const cost = { input: (prompt_tokens * 0.15) / 1_000_000, output: (completion_tokens * 0.6) / 1_000_000 };
  return {
    usageDetails: { input: prompt_tokens, output: completion_tokens, total: total_tokens },
    computedCost: { ...cost, total: cost.input + cost.output },
  };
}

/** The `events` metadata of a span on which one exception was recorded; only the library knows when. */
export function exceptionEvent(type: string, message: string): readonly object[] {
  return [
    {
      name: 'exception',
      timeUnixNano: expect.stringMatching(/^\d{19}$/),
      attributes: {
        'exception.type': type,
        'exception.message': message,
        'exception.stacktrace': expect.stringMatching(/./),
      },
    },
  ];
}
