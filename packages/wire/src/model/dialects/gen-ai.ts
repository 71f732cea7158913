import type { Dialect, Reader } from '../dialect.js';
import { withSystemInstructions } from '../gen-ai-messages.js';
import { amounts, indexed, kept, kindOfWork, promptKeys, sinceStart, whereAny, whereValue } from '../readers.js';
import { type UsageTable, usageParts } from '../usage-table.js';

const INPUT_KEY = 'gen_ai.input.messages';

const input: Reader<string> = {
  keys: [INPUT_KEY, 'gen_ai.system_instructions'],
  note: 'the instructions first, as a message of the system',
  read: ({ attributes }) => withSystemInstructions(attributes, attributes.takeText(INPUT_KEY)),
};

/** Prices that stand among the counts. */
const COSTS = {
  'gen_ai.usage.cost': 'total',
  'gen_ai.usage.total_cost': 'total',
  'gen_ai.usage.input_cost': 'input',
  'gen_ai.usage.prompt_cost': 'input',
  'gen_ai.usage.output_cost': 'output',
  'gen_ai.usage.completion_cost': 'output',
} as const;

const PREFIX = 'gen_ai.usage.';

const usage: UsageTable = {
  prefix: PREFIX,
  note: 'input includes cached, output includes reasoning and audio, as the conventions say; a sender whose parts are larger than the whole, or whose total says so, counts them beside it',
  input: ['input_tokens', 'prompt_tokens'],
  output: ['output_tokens', 'completion_tokens'],
  total: ['total_tokens', 'total'],
  parts: usageParts({
    cacheRead: [
      'cache_read.input_tokens',
      'cache_read_input_tokens',
      'cache_read_tokens',
      'details.cache_read_tokens',
      'details.cache_read_input_tokens',
      'input_cached_tokens',
      'cached_tokens',
      'details.cached_tokens',
      'prompt_tokens_details.cached_tokens',
      'input_tokens_details.cached_tokens',
    ],
    cacheWrite: [
      'cache_creation.input_tokens',
      'cache_write.input_tokens',
      'cache_creation_input_tokens',
      'cache_write_tokens',
      'details.cache_write_tokens',
      'details.cache_creation_input_tokens',
      'input_cache_creation',
    ],
    inputAudio: ['audio.input_tokens', 'input_audio_tokens', 'details.input_audio_tokens'],
    cachedAudio: ['audio.cache_read.input_tokens', 'details.cache_audio_read_tokens'],
    inputImage: ['image.input_tokens', 'input_image_tokens'],
    cachedImage: ['image.cache_read.input_tokens'],
    reasoning: ['reasoning.output_tokens', 'reasoning_tokens', 'details.reasoning_tokens', 'thinking_tokens'],
    outputAudio: ['audio.output_tokens', 'output_audio_tokens', 'details.output_audio_tokens'],
    outputImage: ['image.output_tokens', 'output_image_tokens'],
    acceptedPrediction: ['details.accepted_prediction_tokens'],
    rejectedPrediction: ['details.rejected_prediction_tokens'],
  }),
  hasOtherDetails: true,
  leftOut: new Set([
    ...Object.keys(COSTS).map((key) => key.slice(PREFIX.length)),
    'token_type',
    'experimental.reasoning_tokens_limit',
    // What is left of the whole, and the lifetimes of what a cache took in.
    'text.input_tokens',
    'text.output_tokens',
    'text.cache_read.input_tokens',
    'input_text_tokens',
    'output_text_tokens',
    'details.text_tokens',
    'details.input_tokens',
    'details.output_tokens',
    'prompt_tokens_details.text_tokens',
    'input_tokens_details.text_tokens',
    'completion_tokens_details.text_tokens',
    'output_tokens_details.text_tokens',
    'cache_creation.ephemeral_5m_input_tokens',
    'cache_creation.ephemeral_1h_input_tokens',
  ]),
};

/** The OpenTelemetry GenAI conventions in all names of attributes that they have had. */
export const GEN_AI: Dialect = {
  title: 'OpenTelemetry GenAI',
  prefixes: ['gen_ai.'],
  type: [
    kindOfWork('gen_ai.operation.name', {
      chat: 'generation',
      completion: 'generation',
      text_completion: 'generation',
      generate_content: 'generation',
      generate: 'generation',
      fetch_response: 'generation',
      embeddings: 'embedding',
      retrieval: 'retriever',
      rerank: 'retriever',
      search_memory: 'retriever',
      invoke_agent: 'agent',
      create_agent: 'agent',
      invoke_workflow: 'chain',
      execute_tool: 'tool',
    }),
  ],
  summary: [whereValue('gen_ai.operation.name', ['invoke_agent', 'agent_step', 'invoke_workflow'])],
  name: [kept('gen_ai.tool.name')],
  input: [input, 'gen_ai.tool.call.arguments', 'gen_ai.retrieval.query.text', 'gen_ai.memory.query.text'],
  output: ['gen_ai.output.messages', 'gen_ai.tool.call.result', 'gen_ai.retrieval.documents', 'gen_ai.memory.records'],
  model: ['gen_ai.response.model'],
  singleParameters: { prefixes: ['gen_ai.request.'] },
  usage,
  cost: [amounts(COSTS)],
  completionStart: [
    sinceStart('gen_ai.response.time_to_first_chunk', 's'),
    sinceStart('gen_ai.client.operation.time_to_first_chunk', 's'),
  ],
  prompt: [promptKeys('gen_ai.prompt.name', 'gen_ai.prompt.version')],
  userId: ['gen_ai.user.id'],
  sessionId: ['gen_ai.conversation.id'],
};

/** What a GenAI span tells where nothing better is known: a tool by its name, a model by the one that was asked for. */
export const GEN_AI_HINTS: Dialect = {
  title: 'OpenTelemetry GenAI, by hints',
  prefixes: ['gen_ai.'],
  type: [whereAny(['gen_ai.tool.name', 'gen_ai.tool.call.id'], 'tool')],
  model: ['gen_ai.request.model'],
};

/** Messages under numbered keys, as Traceloop wrote them before the conventions had messages, and whole texts. */
export const GEN_AI_INDEXED: Dialect = {
  title: 'OpenTelemetry GenAI, numbered keys',
  prefixes: ['gen_ai.'],
  input: [indexed('gen_ai.prompt.'), 'gen_ai.prompt'],
  output: [indexed('gen_ai.completion.'), 'gen_ai.completion'],
  repeatedInput: ['gen_ai.prompt.'],
  repeatedOutput: ['gen_ai.completion.'],
};
