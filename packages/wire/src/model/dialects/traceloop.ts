import type { Dialect } from '../dialect.js';
import { kindOfWork, promptKeys } from '../readers.js';
import { type UsageTable, usageParts } from '../usage-table.js';

const usage: UsageTable = {
  prefix: 'llm.usage.',
  note: 'most of its counts are under OpenTelemetry GenAI names, and its Anthropic instrumentation adds cached tokens to the input itself',
  input: ['prompt_tokens', 'input_tokens'],
  output: ['completion_tokens', 'output_tokens'],
  total: ['total_tokens'],
  parts: usageParts({
    cacheRead: ['cache_read_input_tokens'],
    cacheWrite: ['cache_creation_input_tokens'],
    reasoning: ['reasoning_tokens'],
  }),
  leftOut: new Set(['token_type']),
};

/** Traceloop's OpenLLMetry; what it shares with OpenTelemetry GenAI stands there. */
export const TRACELOOP: Dialect = {
  title: 'Traceloop OpenLLMetry',
  prefixes: ['traceloop.', 'llm.', 'gen_ai.'],
  type: [
    kindOfWork('traceloop.span.kind', { workflow: 'chain', task: 'span', agent: 'agent', tool: 'tool' }),
    kindOfWork('llm.request.type', {
      chat: 'generation',
      completion: 'generation',
      embedding: 'embedding',
      rerank: 'retriever',
    }),
  ],
  input: ['traceloop.entity.input'],
  output: ['traceloop.entity.output'],
  singleParameters: {
    keys: {
      'llm.top_k': 'top_k',
      'llm.frequency_penalty': 'frequency_penalty',
      'llm.presence_penalty': 'presence_penalty',
      'llm.chat.stop_sequences': 'stop_sequences',
    },
  },
  usage,
  prompt: [promptKeys('traceloop.prompt.key', 'traceloop.prompt.version')],
  metadata: { prefixes: ['traceloop.association.properties.'] },
  userId: ['traceloop.association.properties.user_id', 'gen_ai.user', 'llm.user'],
  sessionId: ['traceloop.association.properties.session_id'],
};
