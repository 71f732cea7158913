import type { ServerResponse } from 'node:http';
import type { ChatRequest } from './chat-request.js';
import { type Completion, type LlmToolCall, tokenPieces } from './completion.js';
import { type Pacing, waitUntil } from './pacing.js';

/** Everything that writing one answer needs. */
export interface ChatAnswer {
  readonly request: ChatRequest;
  readonly completion: Completion;
  readonly pacing: Pacing;
  /** Cut the connection in the middle of the answer. */
  readonly drops: boolean;
  /** Fires when the client has gone. */
  readonly signal: AbortSignal;
}

/** How many tokens had been sent when the answer ended, and whether that was all of it. */
export interface AnswerResult {
  readonly isComplete: boolean;
  readonly sentTokens: number;
}

/** Before a cut: a client throws away what it has not read when the connection breaks, so let it read first. */
const DROP_DELAY_MS = 20;

const NOTHING_SENT: AnswerResult = { isComplete: false, sentTokens: 0 };

/** Sends the answer whole, after the time that its tokens take. */
export async function sendWhole(response: ServerResponse, answer: ChatAnswer): Promise<AnswerResult> {
  const { completion, pacing } = answer;
  const tokens = completion.usage.completion_tokens;
  const durationMs = pacing.firstTokenMs + pacing.perTokenMs * tokens;
  if (!(await waitUntil(performance.now(), durationMs, answer.signal))) return NOTHING_SENT;
  const body = JSON.stringify(wholeBody(completion));
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
  if (answer.drops) {
    response.write(body.slice(0, body.length / 2), () => response.destroy());
    return NOTHING_SENT;
  }
  response.end(body);
  return { isComplete: true, sentTokens: tokens };
}

/** Sends the answer as server-sent events, each chunk when it falls due. */
export async function sendStream(response: ServerResponse, answer: ChatAnswer): Promise<AnswerResult> {
  const { completion, pacing, signal, request } = answer;
  const startMs = performance.now();
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' });
  response.flushHeaders();
  const deltas = [...chunkDeltas(completion, pacing.tokensPerChunk)];
  const dropAt = answer.drops ? Math.floor(deltas.length / 2) : -1;
  let sentTokens = 0;
  for (const [index, delta] of deltas.entries()) {
    const dueMs = pacing.firstTokenMs + pacing.perTokenMs * sentTokens;
    if (!(await waitUntil(startMs, dueMs, signal))) return { isComplete: false, sentTokens };
    if (index === dropAt) {
      await waitUntil(performance.now(), DROP_DELAY_MS, signal);
      response.destroy();
      return { isComplete: false, sentTokens };
    }
    await writeEvent(response, chunkBody(completion, delta.delta, null));
    sentTokens += delta.tokens;
  }
  await writeEvent(response, chunkBody(completion, {}, completion.finishReason));
  if (request.includeUsage) {
    await writeEvent(response, { ...chunkBody(completion, {}, null), choices: [], usage: completion.usage });
  }
  response.end('data: [DONE]\n\n');
  return { isComplete: true, sentTokens };
}

interface ChunkDelta {
  readonly delta: object;
  readonly tokens: number;
}

function* chunkDeltas(completion: Completion, tokensPerChunk: number): Generator<ChunkDelta> {
  if (completion.toolCalls.length > 0) {
    yield* toolCallDeltas(completion.toolCalls);
    return;
  }
  yield { delta: { role: 'assistant', content: '' }, tokens: 0 };
  const pieces = tokenPieces(completion.text);
  for (let start = 0; start < pieces.length; start += tokensPerChunk) {
    const group = pieces.slice(start, start + tokensPerChunk);
    yield { delta: { content: group.join('') }, tokens: group.length };
  }
}

/** Names first, then the arguments of all calls in turns: a reader has to put them together by index. */
function* toolCallDeltas(toolCalls: readonly LlmToolCall[]): Generator<ChunkDelta> {
  for (const [index, call] of toolCalls.entries()) {
    const opening = { index, id: call.id, type: 'function', function: { name: call.name, arguments: '' } };
    const delta = index === 0 ? { role: 'assistant', content: null, tool_calls: [opening] } : { tool_calls: [opening] };
    yield { delta, tokens: 0 };
  }
  const pieces = toolCalls.map((call) => tokenPieces(call.arguments));
  const rounds = Math.max(...pieces.map((list) => list.length));
  for (let round = 0; round < rounds; round++) {
    for (const [index, list] of pieces.entries()) {
      const piece = list[round];
      if (piece !== undefined) {
        yield { delta: { tool_calls: [{ index, function: { arguments: piece } }] }, tokens: 1 };
      }
    }
  }
}

function chunkBody(completion: Completion, delta: object, finishReason: string | null): object {
  return {
    id: completion.id,
    object: 'chat.completion.chunk',
    created: completion.createdSeconds,
    model: completion.model,
    choices: [{ index: 0, delta, finish_reason: finishReason, logprobs: null }],
  };
}

function wholeBody(completion: Completion): object {
  const toolCalls = completion.toolCalls.map((call) => ({
    id: call.id,
    type: 'function',
    function: { name: call.name, arguments: call.arguments },
  }));
  const message = {
    role: 'assistant',
    content: toolCalls.length > 0 ? null : completion.text,
    refusal: null,
    ...(toolCalls.length > 0 ? { tool_calls: toolCalls } : {}),
  };
  return {
    id: completion.id,
    object: 'chat.completion',
    created: completion.createdSeconds,
    model: completion.model,
    choices: [{ index: 0, message, finish_reason: completion.finishReason, logprobs: null }],
    usage: completion.usage,
  };
}

/** Waits for a slow reader, but not for one that has gone. */
function writeEvent(response: ServerResponse, body: object): Promise<void> {
  if (response.destroyed || response.write(`data: ${JSON.stringify(body)}\n\n`)) return Promise.resolve();
  return new Promise((resolve) => {
    // Both are taken off again: a long answer to a slow reader waits often.
    const proceed = (): void => {
      response.off('drain', proceed).off('close', proceed);
      resolve();
    };
    response.on('drain', proceed).on('close', proceed);
  });
}
