import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { TestkitError } from '../errors.js';
import { COMPLETION_TOKENS_HEADER, FAULT_HEADER } from './faults.js';

/** A function that the model may call, with its arguments as a JSON schema. */
export interface ToolDefinition {
  readonly name: string;
  readonly parameters: unknown;
}

/** What the server takes from a body of `POST /v1/chat/completions` and its headers. */
export interface ChatRequest {
  readonly model: string;
  readonly isStream: boolean;
  readonly includeUsage: boolean;
  /** Text of all messages, in order, one a line. */
  readonly promptText: string;
  readonly promptCharacterCount: number;
  readonly lastMessageText: string;
  readonly maxTokens: number | undefined;
  /** The length asked for by header or marker. */
  readonly hintedTokens: number | undefined;
  readonly tools: readonly ToolDefinition[];
  /** `undefined` where the model may choose and nothing asks for a call. */
  readonly toolCalls: { readonly name: string | undefined; readonly count: number } | undefined;
  /** The schema of a wanted JSON answer; `{}` for any JSON object. */
  readonly jsonSchema: unknown;
  /** 0 for the first attempt, as the client's `x-stainless-retry-count` says. */
  readonly attempt: number;
  readonly faultHeader: string | undefined;
  /** Identifies the request's content. */
  readonly digest: string;
}

type JsonObject = Readonly<Record<string, unknown>>;

const MAX_MESSAGE_COUNT = 10_000;
const MAX_TOOL_COUNT = 128;
const MAX_TOOL_CALL_COUNT = 16;

const TOOL_MARKER = /\[\[tools?(?::(\d{1,2}))?\]\]/;
const TOKENS_MARKER = /\[\[tokens:(\d{1,6})\]\]/;

/** @throws TestkitError `INVALID_BODY` with what is wrong. */
export function parseChatRequest(body: Buffer, headers: IncomingHttpHeaders): ChatRequest {
  const value = parseJsonObject(body);
  const { model, messages } = value;
  if (typeof model !== 'string' || model === '') throw invalid('model must be a text');
  if (!Array.isArray(messages) || messages.length === 0 || messages.length > MAX_MESSAGE_COUNT) {
    throw invalid(`messages must be a list of 1 to ${MAX_MESSAGE_COUNT}`);
  }
  if (value.n !== undefined && value.n !== null && value.n !== 1) throw invalid('n other than 1 is not served');
  const texts = messages.map((message: unknown) => messageText(message));
  const promptText = texts.join('\n');
  const lastMessageText = texts.at(-1) ?? '';
  const tools = parseTools(value.tools);
  return {
    model,
    isStream: value.stream === true,
    includeUsage: asObject(value.stream_options).include_usage === true || asObject(value.usage).include === true,
    promptText,
    promptCharacterCount: texts.reduce((sum, text) => sum + text.length, 0),
    lastMessageText,
    maxTokens: tokenCount(value.max_completion_tokens) ?? tokenCount(value.max_tokens),
    hintedTokens: tokenCount(Number(headers[COMPLETION_TOKENS_HEADER] ?? TOKENS_MARKER.exec(promptText)?.[1] ?? NaN)),
    tools,
    toolCalls: wantedToolCalls(value.tool_choice, tools, lastMessageText),
    jsonSchema: wantedSchema(value.response_format),
    attempt: tokenCount(Number(headers['x-stainless-retry-count'] ?? 0)) ?? 0,
    faultHeader: headerText(headers[FAULT_HEADER]),
    digest: createHash('sha1').update(body).digest('hex'),
  };
}

/** @throws TestkitError `INVALID_BODY` where the body is no JSON object. */
export function parseJsonObject(body: Buffer): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch (error) {
    throw new TestkitError('INVALID_BODY', 'the body is not JSON', { cause: error });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid('the body must be an object');
  return value as JsonObject;
}

function invalid(message: string): TestkitError {
  return new TestkitError('INVALID_BODY', message);
}

function asObject(value: unknown): JsonObject {
  return typeof value === 'object' && value !== null ? (value as JsonObject) : {};
}

function headerText(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}

function tokenCount(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : undefined;
}

/** Content is a text, or a list of parts of which the texts count; other parts (images) count as nothing. */
function messageText(message: unknown): string {
  const { role, content } = asObject(message);
  if (typeof role !== 'string') throw invalid('each message needs a role');
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content
    .map((part: unknown) => asObject(part).text)
    .filter((text): text is string => typeof text === 'string')
    .join('\n');
}

function parseTools(value: unknown): ToolDefinition[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value) || value.length > MAX_TOOL_COUNT) throw invalid(`tools: at most ${MAX_TOOL_COUNT}`);
  return value.map((tool: unknown) => {
    const { name, parameters } = asObject(asObject(tool).function);
    if (typeof name !== 'string' || name === '') throw invalid('each tool needs a function with a name');
    return { name, parameters };
  });
}

function wantedToolCalls(
  choice: unknown,
  tools: readonly ToolDefinition[],
  lastText: string,
): ChatRequest['toolCalls'] {
  if (tools.length === 0 || choice === 'none') return undefined;
  const marker = TOOL_MARKER.exec(lastText);
  const count = Math.min(Math.max(1, Number(marker?.[1] ?? 1)), MAX_TOOL_CALL_COUNT);
  const named = asObject(asObject(choice).function).name;
  if (typeof named === 'string') {
    if (!tools.some((tool) => tool.name === named)) throw invalid('tool_choice names a tool that is not in tools');
    return { name: named, count };
  }
  return choice === 'required' || marker !== null ? { name: undefined, count } : undefined;
}

function wantedSchema(format: unknown): unknown {
  const { type, json_schema: definition } = asObject(format);
  if (type === 'json_object') return {};
  return type === 'json_schema' ? (asObject(definition).schema ?? {}) : undefined;
}
