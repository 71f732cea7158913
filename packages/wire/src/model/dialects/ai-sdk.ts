import { jsonObject } from '../any-value-text.js';
import type { AttributeMap } from '../attribute-map.js';
import type { Dialect, PromptLink, Reader } from '../dialect.js';
import { parseJson } from '../json-text.js';
import type { ObservationType } from '../observation.js';
import { jsonTexts, kept, sinceStart } from '../readers.js';
import { type UsageTable, usageParts } from '../usage-table.js';
import { aiSdkProviderCost, aiSdkProviderCounts, isAiSdkCacheBeside } from './ai-sdk-providers.js';

/** The inner operations, which talk to a model; the outer ones repeat their model and usage. */
const MODEL_OPERATIONS: ReadonlyMap<string, ObservationType> = new Map<string, ObservationType>([
  ['ai.generateText.doGenerate', 'generation'],
  ['ai.streamText.doStream', 'generation'],
  ['ai.generateObject.doGenerate', 'generation'],
  ['ai.streamObject.doStream', 'generation'],
  ['ai.embed.doEmbed', 'embedding'],
  ['ai.embedMany.doEmbed', 'embedding'],
  ['ai.rerank.doRerank', 'retriever'],
  ['ai.toolCall', 'tool'],
  // These have no inner operation.
  ['ai.generateSpeech', 'generation'],
  ['ai.transcribe', 'generation'],
  ['ai.streamTranscribe', 'generation'],
]);

/** The operation without the function id that may follow it; `undefined` on spans of other senders. */
function operationOf(attributes: AttributeMap): string | undefined {
  const operation = attributes.peekText('ai.operationId') ?? attributes.peekText('operation.name');
  return operation?.startsWith('ai.') ? operation.split(' ', 1)[0] : undefined;
}

const OPERATION_KEYS = ['ai.operationId', 'operation.name'];

const operationType: Reader<ObservationType> = {
  keys: OPERATION_KEYS,
  note: `${[...MODEL_OPERATIONS].map(([operation, type]) => `${operation} → ${type}`).join(', ')}, any other of \`ai.\` → span`,
  read: ({ attributes }) => {
    const operation = operationOf(attributes);
    return operation === undefined ? undefined : (MODEL_OPERATIONS.get(operation) ?? 'span');
  },
};

const outerOperation: Reader<true> = {
  keys: OPERATION_KEYS,
  note: 'any of `ai.` that has inner ones (`ai.generateText`, `ai.streamText`, …)',
  read: ({ attributes }) => {
    const operation = operationOf(attributes);
    return operation === undefined || MODEL_OPERATIONS.has(operation) ? undefined : true;
  },
};

const operationName: Reader<string> = {
  keys: ['ai.telemetry.functionId', 'ai.operationId'],
  note: 'joined by a colon; both stay attributes',
  read: ({ attributes }) => {
    const operationId = attributes.peekText('ai.operationId');
    if (operationId === undefined) return undefined;
    const functionId = attributes.peekText('ai.telemetry.functionId');
    return functionId === undefined ? operationId : `${functionId}:${operationId}`;
  },
};

/** Text, reasoning and tool calls of an answer: the text alone, or all in one message. */
const response: Reader<string> = {
  keys: ['ai.response.text', 'ai.response.reasoning', 'ai.response.toolCalls'],
  note: 'the text alone, or all in one message',
  read: ({ attributes }) => {
    const text = attributes.takeText('ai.response.text');
    const toolCalls = attributes.takeText('ai.response.toolCalls');
    // An answer that is an object stands alone.
    if (text === undefined && toolCalls === undefined) return undefined;
    const reasoning = attributes.takeText('ai.response.reasoning');
    if (toolCalls === undefined && reasoning === undefined) return text;
    const members: (readonly [string, string])[] = [['role', '"assistant"']];
    if (text !== undefined) members.push(['content', JSON.stringify(text)]);
    if (reasoning !== undefined) members.push(['reasoning_content', JSON.stringify(reasoning)]);
    if (toolCalls !== undefined) members.push(['tool_calls', jsonOrText(toolCalls)]);
    return jsonObject(members);
  },
};

function jsonOrText(text: string): string {
  return parseJson(text) === undefined ? JSON.stringify(text) : text;
}

const PROMPT_KEY = 'ai.telemetry.metadata.langfusePrompt';

const prompt: Reader<PromptLink> = {
  keys: [PROMPT_KEY],
  note: 'a JSON object with `name` and `version`',
  read: (source) => {
    const object = source.jsonObject(PROMPT_KEY);
    if (object === undefined) return undefined;
    source.attributes.remove(PROMPT_KEY);
    return { promptName: scalarText(object.name), promptVersion: scalarText(object.version) };
  },
};

function scalarText(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

const usage: UsageTable = {
  prefix: 'ai.usage.',
  counts: aiSdkProviderCounts,
  note: 'from version 6 on input includes cached, before it does for OpenAI and Google and not for Anthropic and Bedrock, which the metadata of the provider tells; output includes reasoning unless the total says otherwise',
  input: ['inputTokens', 'promptTokens', 'tokens', 'input_tokens'],
  output: ['outputTokens', 'completionTokens', 'output_tokens'],
  total: ['totalTokens', 'total_tokens'],
  parts: usageParts({
    cacheRead: ['cachedInputTokens', 'inputTokenDetails.cacheReadTokens', 'provider.cacheRead'],
    cacheWrite: ['inputTokenDetails.cacheWriteTokens', 'provider.cacheWrite'],
    reasoning: ['reasoningTokens', 'outputTokenDetails.reasoningTokens', 'provider.reasoning'],
    acceptedPrediction: ['provider.acceptedPrediction'],
    rejectedPrediction: ['provider.rejectedPrediction'],
  }),
  leftOut: new Set(['inputTokenDetails.noCacheTokens', 'outputTokenDetails.textTokens']),
  isCacheBeside: isAiSdkCacheBeside,
};

/** The Vercel AI SDK, versions 3 to 7; its newest names are those of OpenTelemetry GenAI and stand there. */
export const AI_SDK: Dialect = {
  title: 'Vercel AI SDK',
  prefixes: ['ai.', 'operation.name'],
  type: [operationType],
  summary: [outerOperation],
  name: [kept('ai.toolCall.name'), operationName],
  input: [
    'ai.prompt.messages',
    'ai.prompt',
    'ai.toolCall.args',
    'ai.value',
    jsonTexts('ai.values'),
    jsonTexts('ai.documents'),
    'ai.request.text',
  ],
  output: [
    response,
    'ai.toolCall.result',
    'ai.response.object',
    'ai.result.text',
    'ai.result.object',
    'ai.result.toolCalls',
    'ai.embedding',
    jsonTexts('ai.embeddings'),
    jsonTexts('ai.ranking'),
  ],
  model: ['ai.response.model', 'ai.model.id'],
  singleParameters: { prefixes: ['ai.settings.'], keys: { 'ai.prompt.toolChoice': 'toolChoice' } },
  usage,
  cost: [aiSdkProviderCost],
  completionStart: [sinceStart('ai.response.msToFirstChunk', 'ms'), sinceStart('ai.stream.msToFirstChunk', 'ms')],
  prompt: [prompt],
  metadata: { prefixes: ['ai.telemetry.metadata.'] },
  userId: ['ai.telemetry.metadata.userId'],
  sessionId: ['ai.telemetry.metadata.sessionId'],
  tags: ['ai.telemetry.metadata.tags'],
};
