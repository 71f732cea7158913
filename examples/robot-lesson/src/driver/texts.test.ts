import { estimateTokenCount } from '@slipstream/testkit';
import { describe, expect, it } from 'vitest';
import { matchByPhonemes } from '../intent/phoneme-rules.js';
import type { MessageKind, TurnPlan } from './plan.js';
import { makeContext, makeMessage, SERVICE_PROMPT_CHARACTERS } from './texts.js';

const turnOf = (more: Partial<TurnPlan> = {}): TurnPlan => ({
  kind: 'answer',
  contextTokens: 1_000,
  generatedTokens: 100,
  fault: undefined,
  seed: 's',
  ...more,
});

const messages = (kind: MessageKind, language: 'vi' | 'en') =>
  Array.from({ length: 60 }, (_, seed) => makeMessage(turnOf({ kind, seed: `${seed}` }), language, 'banana'));

describe('makeMessage', () => {
  it.each([
    ['answer', 'answer_correct'],
    ['yes', 'yes'],
    ['no', 'no'],
    ['repeat', 'repeat'],
    ['stop', 'stop'],
    ['question', undefined],
  ] as const)('says what the service understands as meant (%s)', (kind, intent) => {
    for (const language of ['vi', 'en'] as const) {
      for (const message of messages(kind, language)) {
        expect([message, matchByPhonemes(message, 'banana')?.intent]).toEqual([message, intent]);
      }
    }
  });

  it('mispronounces in more ways than one', () => {
    const said = messages('accented-answer', 'en');
    expect(said.some((message) => !message.includes('banana'))).toBe(true);
    expect(new Set(said).size).toBeGreaterThan(3);
  });

  it('leaves most small talk to the model', () => {
    for (const language of ['vi', 'en'] as const) {
      const understood = messages('small-talk', language).filter((message) => matchByPhonemes(message, 'banana'));
      expect(understood).toEqual([]);
    }
  });
});

describe('makeContext', () => {
  it.each([374, 1_020, 14_050])('brings a prompt of %i tokens to its length', (contextTokens) => {
    for (const language of ['vi', 'en'] as const) {
      const context = makeContext(turnOf({ contextTokens }), language, 'hello');
      const tokens = estimateTokenCount(`${'x'.repeat(SERVICE_PROMPT_CHARACTERS)}hello${context}`);
      expect(Math.abs(tokens - contextTokens)).toBeLessThanOrEqual(1);
    }
  });

  it('is empty where the instructions alone are longer', () => {
    expect(makeContext(turnOf({ contextTokens: 50 }), 'vi', 'hello')).toBe('');
  });

  it('asks for a fault of the model in the open, and for no other fault', () => {
    expect(makeContext(turnOf({ fault: 'rate-limit' }), 'en', '')).toMatch(/ \[\[fault:rate-limit:1\]\]$/);
    expect(makeContext(turnOf({ fault: 'drop' }), 'en', '')).toMatch(/ \[\[fault:drop\]\]$/);
    expect(makeContext(turnOf({ fault: 'bad-payload' }), 'en', '')).not.toMatch(/fault/);
  });
});
