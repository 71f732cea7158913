import { countOf, type Fields, fieldsOf, firstText, isRecord, textsOf } from '../framework-events/records.js';
import { disjointUsage } from '../framework-events/usage.js';

/** Settings of a call, by the AI SDK's names. */
const PARAMETER_NAMES: readonly string[] = [
  'maxOutputTokens',
  'temperature',
  'topP',
  'topK',
  'presencePenalty',
  'frequencyPenalty',
  'stopSequences',
  'seed',
  'reasoning',
  'toolChoice',
  'dimensions',
  'topN',
  'voice',
  'speed',
  'language',
  'outputFormat',
];

/** What goes in, whatever the operation: a prompt, values to embed, a query, a text to speak. */
export function inputOf(event: Fields): unknown {
  const { operationId, messages, prompt, values, value, query, documents, text, audio } = event;
  if (Array.isArray(messages)) return withInstructions(event, messages);
  if (prompt !== undefined) return withInstructions(event, typeof prompt === 'string' ? [userMessage(prompt)] : prompt);
  if (query !== undefined) return { query, documents };
  return values ?? value ?? (operationId === 'ai.generateSpeech' ? text : audio);
}

/** The prompt as messages, the instructions first. */
function withInstructions({ instructions, system }: Fields, messages: unknown): unknown {
  const first = instructions ?? system;
  if (first === undefined || !Array.isArray(messages)) return messages;
  if (typeof first === 'string') return [{ role: 'system', content: first }, ...messages];
  return [...(Array.isArray(first) ? first : [first]), ...messages];
}

function userMessage(content: string): Fields {
  return { role: 'user', content };
}

/** What an operation gave, as its end tells. */
export function operationOutput(event: Fields): unknown {
  const { object, ranking, embedding, text, toolCalls, content, audio } = event;
  if (object !== undefined) return object;
  if (embedding !== undefined) return describeVectors(embedding);
  if (ranking !== undefined) return ranking;
  if (audio !== undefined && event.operationId !== 'ai.transcribe') return audio;
  if (firstText(text) !== undefined) return text;
  return Array.isArray(toolCalls) && toolCalls.length > 0 ? answerMessage(toolCalls) : (content ?? text);
}

/** Vectors are neither read nor worth their bytes: how many there are and how long is recorded. */
export function describeVectors(vectors: unknown): Fields | undefined {
  if (!Array.isArray(vectors)) return undefined;
  const isOne = typeof vectors[0] === 'number';
  const [first] = isOne ? [vectors] : vectors;
  return { embeddings: isOne ? 1 : vectors.length, dimensions: Array.isArray(first) ? first.length : undefined };
}

/** The parts of a model's answer as one message. */
export function answerMessage(content: unknown): unknown {
  if (!Array.isArray(content)) return content;
  const parts = content.filter(isRecord);
  const textOf = (type: string): string =>
    textsOf(parts.map((part) => (part.type === type ? part.text : undefined))).join('');
  const calls = parts.filter((part) => part.type === 'tool-call').map(toolCall);
  const others = parts.filter(({ type }) => type === 'file' || type === 'source' || type === 'tool-result');
  const reasoning = textOf('reasoning');
  return {
    role: 'assistant',
    content: textOf('text'),
    ...(reasoning !== '' && { reasoning_content: reasoning }),
    ...(calls.length > 0 && { tool_calls: calls }),
    ...(others.length > 0 && { parts: others }),
  };
}

function toolCall({ toolCallId, toolName, input }: Fields): Fields {
  return { id: toolCallId, type: 'function', function: { name: toolName, arguments: input } };
}

export function parametersOf(event: Fields): Record<string, unknown> | undefined {
  const parameters: Record<string, unknown> = {};
  for (const name of PARAMETER_NAMES) if (event[name] !== undefined) parameters[name] = event[name];
  const tools = toolNames(event.tools);
  if (tools.length > 0) parameters.tools = tools;
  return Object.keys(parameters).length > 0 ? parameters : undefined;
}

/** Tools by name in an operation's start, and as a list in a model's. */
function toolNames(tools: unknown): string[] {
  if (Array.isArray(tools)) return textsOf(tools.map((tool) => fieldsOf(tool).name));
  return Object.keys(fieldsOf(tools));
}

/** Tokens by kind, each in exactly one of them. */
export function usageOf(usage: unknown): Record<string, number> | undefined {
  const fields = fieldsOf(usage);
  const input = fieldsOf(fields.inputTokenDetails);
  const output = fieldsOf(fields.outputTokenDetails);
  return disjointUsage(
    {
      whole: countOf(fields.inputTokens) ?? countOf(fields.tokens),
      parts: {
        input_cached_tokens: countOf(input.cacheReadTokens),
        input_cache_creation: countOf(input.cacheWriteTokens),
      },
    },
    {
      whole: countOf(fields.outputTokens),
      parts: { output_reasoning_tokens: countOf(output.reasoningTokens) },
    },
    countOf(fields.totalTokens) ?? countOf(fields.tokens),
  );
}
