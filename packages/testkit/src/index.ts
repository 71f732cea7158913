export { createFakeClock, type FakeClock } from './clock/fake-clock.js';
export { TestkitError, type TestkitErrorCode } from './errors.js';
export type { ChatRequest, ToolDefinition } from './llm-server/chat-request.js';
export type { LlmToolCall, LlmUsage } from './llm-server/completion.js';
export {
  COMPLETION_TOKENS_HEADER,
  FAULT_HEADER,
  faultMarker,
  LLM_FAULT_KINDS,
  type LlmFaultKind,
} from './llm-server/faults.js';
export {
  type LlmDelays,
  type LlmPrices,
  type LlmServerOptions,
  REALISTIC_LLM_DELAYS,
} from './llm-server/options.js';
export { createLlmServer, type LlmServer, type LlmServerStats } from './llm-server/server.js';
export { createRandom, type SeededRandom } from './random/seeded-random.js';
export { freePort, isRedisThere, RedisServer, startRedisServer } from './redis/redis-server.js';
export {
  type ArrivedExport,
  createFaultyServer,
  createOtlpSink,
  type FaultyServer,
  type FaultyServerOptions,
  type KeepMode,
  type SinkStats,
} from './sinks/faulty-server.js';
export type { ScriptedAnswer } from './sinks/scripted-answer.js';
export { type ExportRequestOptions, generateExportRequest, wrapSpans } from './spans/generate-export-request.js';
export { generateTrace, type TraceOptions } from './spans/generate-trace.js';
export type { TextLanguage } from './text/corpus.js';
export { makeSentence, makeTeachingText, makeTextOfLength } from './text/teaching-text.js';
export { CHARACTERS_PER_TOKEN, estimateTokenCount } from './text/tokens.js';
