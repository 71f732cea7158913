import { ATTRIBUTE } from '../attributes/keys.js';
import type { Span, SpanEvent } from '../otlp/messages.js';
import { anyValueToText, jsonObject } from './any-value-text.js';
import type { AttributeMap } from './attribute-map.js';
import { eventMessages } from './event-messages.js';
import { genAiInput } from './gen-ai-messages.js';
import { takeIndexed } from './indexed-attributes.js';
import { parseJson } from './json-text.js';

export interface InputOutput {
  readonly input: string | undefined;
  readonly output: string | undefined;
  /** Span events whose content is in them. */
  readonly usedEvents: ReadonlySet<SpanEvent>;
}

/** A key whose value is the side, or a way to make the side of several keys. */
type SideRule = string | ((attributes: AttributeMap) => string | undefined);

const indexed =
  (prefix: string): SideRule =>
  (attributes) =>
    takeIndexed(attributes, prefix);

/** A list whose items are JSON texts: one JSON list. */
function jsonTexts(key: string): SideRule {
  return (attributes) => {
    const items = attributes.peek(key);
    const isList =
      Array.isArray(items) && items.every((item) => typeof item === 'string' && parseJson(item) !== undefined);
    const text = attributes.takeText(key);
    return isList && text !== undefined ? `[${items.join(',')}]` : text;
  };
}

/** After the events, in order of precedence. */
const INPUT_RULES: readonly SideRule[] = [
  'gcp.vertex.agent.llm_request',
  'gcp.vertex.agent.tool_call_args',
  'lk.input_text',
  'lk.user_input',
  'lk.chat_ctx',
  'mlflow.spanInputs',
  'traceloop.entity.input',
  'input.value',
  'input',
  'prompt',
  'pydantic_ai.all_messages',
  'all_messages_events',
  'tool_arguments',
  indexed('gen_ai.prompt.'),
  indexed('llm.input_messages.'),
  indexed('llm.prompts.'),
  genAiInput,
  'gen_ai.prompt',
  'gen_ai.tool.call.arguments',
  'gen_ai.retrieval.query.text',
];

const OUTPUT_RULES: readonly SideRule[] = [
  'gcp.vertex.agent.llm_response',
  'gcp.vertex.agent.tool_response',
  'lk.response.text',
  'lk.function_tool.output',
  'mlflow.spanOutputs',
  'traceloop.entity.output',
  'output.value',
  'output',
  'final_result',
  'tool_response',
  indexed('gen_ai.completion.'),
  indexed('llm.output_messages.'),
  'gen_ai.output.messages',
  'gen_ai.completion',
  'gen_ai.tool.call.result',
  'gen_ai.retrieval.documents',
  indexed('retrieval.documents.'),
];

const AI_SDK_INPUT_RULES: readonly SideRule[] = [
  'ai.prompt.messages',
  'ai.prompt',
  'ai.toolCall.args',
  'ai.value',
  jsonTexts('ai.values'),
];

const AI_SDK_OUTPUT_RULES: readonly SideRule[] = [
  aiSdkResponse,
  'ai.toolCall.result',
  'ai.response.object',
  'ai.result.text',
  'ai.result.object',
  'ai.embedding',
  jsonTexts('ai.embeddings'),
];

/** The same content once more, taken apart, from senders that also give it whole. */
const REPEATED_INPUT_PREFIXES = ['gen_ai.prompt.', 'llm.input_messages.'];
const REPEATED_OUTPUT_PREFIXES = ['gen_ai.completion.', 'llm.output_messages.'];

const NO_EVENTS: ReadonlySet<SpanEvent> = new Set();

/**
 * What went into a span's work and what came out, as text. Where our or Langfuse's keys give either, nothing else is
 * consulted: the other side was left out on purpose.
 */
export function inputOutput(attributes: AttributeMap, span: Span): InputOutput {
  const input = attributes.take(ATTRIBUTE.observationInput);
  const output = attributes.take(ATTRIBUTE.observationOutput);
  if (input !== undefined || output !== undefined) {
    return {
      input: input === undefined ? undefined : anyValueToText(input),
      output: output === undefined ? undefined : anyValueToText(output),
      usedEvents: NO_EVENTS,
    };
  }
  return foreignInputOutput(attributes, span);
}

function foreignInputOutput(attributes: AttributeMap, span: Span): InputOutput {
  const events = eventMessages(span);
  const genkit = genkitInputOutput(attributes);
  const input =
    genkit.input ?? firstSide(attributes, AI_SDK_INPUT_RULES) ?? events.input ?? firstSide(attributes, INPUT_RULES);
  const output =
    genkit.output ?? firstSide(attributes, AI_SDK_OUTPUT_RULES) ?? events.output ?? firstSide(attributes, OUTPUT_RULES);
  if (input !== undefined) removeRepeated(attributes, REPEATED_INPUT_PREFIXES);
  if (output !== undefined) removeRepeated(attributes, REPEATED_OUTPUT_PREFIXES);
  return { input, output, usedEvents: events.usedEvents };
}

function firstSide(attributes: AttributeMap, rules: readonly SideRule[]): string | undefined {
  for (const rule of rules) {
    const text = typeof rule === 'string' ? attributes.takeText(rule) : rule(attributes);
    if (text !== undefined) return text;
  }
  return undefined;
}

function removeRepeated(attributes: AttributeMap, prefixes: readonly string[]): void {
  for (const prefix of prefixes) takeIndexed(attributes, prefix);
}

/** Text, reasoning and tool calls of the AI SDK's answer: the text alone, or all in one message. */
function aiSdkResponse(attributes: AttributeMap): string | undefined {
  const text = attributes.takeText('ai.response.text');
  const toolCalls = attributes.takeText('ai.response.toolCalls');
  // An answer that is an object stands alone.
  if (text === undefined && toolCalls === undefined) return undefined;
  const reasoning = attributes.takeText('ai.response.reasoning');
  if (toolCalls === undefined && reasoning === undefined) return text;
  const members: (readonly [string, string])[] = [['role', '"assistant"']];
  if (text !== undefined) members.push(['content', JSON.stringify(text)]);
  if (reasoning !== undefined) members.push(['reasoning_content', JSON.stringify(reasoning)]);
  if (toolCalls !== undefined) {
    members.push(['tool_calls', parseJson(toolCalls) === undefined ? JSON.stringify(toolCalls) : toolCalls]);
  }
  return jsonObject(members);
}

/** Genkit wraps a model's messages in its own request and response; the wrapping is taken off. */
function genkitInputOutput(attributes: AttributeMap): { input: string | undefined; output: string | undefined } {
  return {
    input: unwrapJson(attributes.takeText('genkit:input'), 'messages'),
    output: unwrapJson(attributes.takeText('genkit:output'), 'message'),
  };
}

function unwrapJson(text: string | undefined, member: string): string | undefined {
  if (text === undefined || !text.trimStart().startsWith('{')) return text;
  const parsed = parseJson(text);
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return text;
  const inner = parsed[member];
  return typeof inner === 'object' && inner !== null ? JSON.stringify(inner) : text;
}
