import { ATTRIBUTE, type KeyValue, type ObservationType } from '@slipstream/wire';
import type { SeededRandom } from '../random/seeded-random.js';
import type { TextLanguage } from '../text/corpus.js';
import { makeTextOfLength } from '../text/teaching-text.js';

/** Trace-level values that each span of a generated trace carries, as an SDK sends them. */
export interface TraceIdentity {
  readonly conversationId: string;
  readonly botId: string;
  readonly userId: string;
}

/** What decides the attributes of one generated span. */
export interface SpanContent {
  readonly type: ObservationType;
  readonly language: TextLanguage;
  /** UTF-16 units of input and output together; 0 captures nothing. */
  readonly payloadCharacters: number;
  readonly isError: boolean;
}

/** One attribute whose value is a text. */
export function textAttribute(key: string, value: string): KeyValue {
  return { key, value };
}

export function traceAttributes(identity: TraceIdentity): KeyValue[] {
  return [
    textAttribute(ATTRIBUTE.traceName, 'lesson.webhook'),
    textAttribute(ATTRIBUTE.sessionId, identity.conversationId),
    textAttribute(ATTRIBUTE.userId, identity.userId),
    textAttribute(`${ATTRIBUTE.traceMetadata}conversation_id`, identity.conversationId),
    textAttribute(`${ATTRIBUTE.traceMetadata}bot_id`, identity.botId),
    textAttribute(`${ATTRIBUTE.traceMetadata}user_id`, identity.userId),
  ];
}

export function observationAttributes(content: SpanContent, startUnixNano: bigint, random: SeededRandom): KeyValue[] {
  const attributes = [textAttribute(ATTRIBUTE.observationType, content.type)];
  if (content.payloadCharacters > 0) attributes.push(...payloadAttributes(content, random));
  if (content.type === 'generation') attributes.push(...generationAttributes(startUnixNano, random));
  else attributes.push(textAttribute(`${ATTRIBUTE.observationMetadata}next_action`, random.pick(NEXT_ACTIONS)));
  if (content.isError) {
    attributes.push(textAttribute(ATTRIBUTE.observationLevel, 'ERROR'));
    attributes.push(textAttribute(ATTRIBUTE.observationStatusMessage, ERROR_MESSAGE));
  }
  return attributes;
}

/** What a failed generated span says. */
export const ERROR_MESSAGE = '429 Rate limit reached (injected)';

const NEXT_ACTIONS = ['next_word', 'say_again', 'explain', 'end_lesson'] as const;
const MODELS = ['openai/gpt-4o-mini', 'google/gemini-2.5-flash', 'anthropic/claude-haiku-4.5'] as const;

function payloadAttributes({ language, payloadCharacters }: SpanContent, random: SeededRandom): KeyValue[] {
  const inputCharacters = Math.ceil(payloadCharacters / 2);
  const input = makeTextOfLength(random, language, inputCharacters);
  const output = makeTextOfLength(random, language, payloadCharacters - inputCharacters);
  return [textAttribute(ATTRIBUTE.observationInput, input), textAttribute(ATTRIBUTE.observationOutput, output)];
}

function generationAttributes(startUnixNano: bigint, random: SeededRandom): KeyValue[] {
  const input = random.integer(50, 4_000);
  const output = random.integer(10, 600);
  const usage = { input, output, total: input + output };
  const cost = { total: (input * 0.15 + output * 0.6) / 1_000_000 };
  const firstTokenMs = Number(startUnixNano / 1_000_000n) + random.integer(1, 20);
  return [
    textAttribute(ATTRIBUTE.observationModel, random.pick(MODELS)),
    textAttribute(ATTRIBUTE.observationModelParameters, JSON.stringify({ max_tokens: output, temperature: 0.7 })),
    textAttribute(ATTRIBUTE.observationUsageDetails, JSON.stringify(usage)),
    textAttribute(ATTRIBUTE.observationCostDetails, JSON.stringify(cost)),
    textAttribute(ATTRIBUTE.observationCompletionStartTime, JSON.stringify(new Date(firstTokenMs).toISOString())),
  ];
}
