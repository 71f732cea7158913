import { jsonObject } from '../any-value-text.js';
import type { Dialect, Reader } from '../dialect.js';
import { takeIndexed } from '../indexed-attributes.js';
import { amounts, indexed, kept, kindOfWork } from '../readers.js';
import type { SpanSource } from '../source.js';
import { type UsageTable, usageParts } from '../usage-table.js';

const KIND_KEY = 'openinference.span.kind';

const isTool = ({ attributes }: SpanSource): boolean => attributes.peekText(KIND_KEY)?.toLowerCase() === 'tool';

/** The tool's name; on a model's span the same key would name a tool that was offered. */
const toolName: Reader<string> = {
  ...kept('tool.name'),
  note: 'on a tool; stays an attribute',
  read: (source) => (isTool(source) ? source.attributes.peekText('tool.name') : undefined),
};

const toolParameters: Reader<string> = {
  keys: ['tool.parameters'],
  note: 'on a tool',
  read: (source) => (isTool(source) ? source.attributes.takeText('tool.parameters') : undefined),
};

/** A query with the documents that were to be ranked. */
const rerankerInput: Reader<string> = {
  keys: ['reranker.query', 'reranker.input_documents.N.*'],
  note: 'together, as `query` and `documents`',
  families: ['reranker.input_documents.'],
  read: ({ attributes }) => {
    const documents = takeIndexed(attributes, 'reranker.input_documents.');
    const query = attributes.takeText('reranker.query');
    if (documents === undefined || query === undefined) return documents ?? query;
    return jsonObject([
      ['query', JSON.stringify(query)],
      ['documents', documents],
    ]);
  },
};

const usage: UsageTable = {
  prefix: 'llm.token_count.',
  note: 'prompt includes cached and audio, completion includes reasoning and audio',
  input: ['prompt'],
  output: ['completion'],
  total: ['total'],
  parts: usageParts({
    cacheRead: ['prompt_details.cache_read', 'prompt_details.cache_input'],
    cacheWrite: ['prompt_details.cache_write'],
    inputAudio: ['prompt_details.audio'],
    reasoning: ['completion_details.reasoning'],
    outputAudio: ['completion_details.audio'],
  }),
  hasOtherDetails: true,
};

/** OpenInference: Arize Phoenix's conventions, also spoken by SmolAgents, Agno, BeeAI and others. */
export const OPENINFERENCE: Dialect = {
  title: 'OpenInference',
  prefixes: [
    'openinference.',
    'llm.',
    'input',
    'output',
    'metadata',
    'tag.',
    'tool.',
    'embedding.',
    'reranker.',
    'retrieval.',
  ],
  type: [
    kindOfWork(KIND_KEY, {
      chain: 'chain',
      retriever: 'retriever',
      reranker: 'retriever',
      llm: 'generation',
      embedding: 'embedding',
      agent: 'agent',
      tool: 'tool',
      guardrail: 'guardrail',
      evaluator: 'evaluator',
    }),
  ],
  name: [toolName],
  input: ['input.value'],
  output: ['output.value'],
  model: [
    'llm.response.model',
    'llm.response.model_name',
    'llm.model_name',
    'llm.request.model_name',
    'llm.request.model',
    'embedding.model_name',
    'reranker.model_name',
  ],
  modelParameters: ['llm.invocation_parameters'],
  singleParameters: { prefixes: ['llm.invocation_parameters.'] },
  usage,
  cost: [amounts({ 'llm.cost.total': 'total', 'llm.cost.prompt': 'input', 'llm.cost.completion': 'output' })],
  metadata: { objects: ['metadata'] },
  tags: ['tag.tags'],
};

/** Its messages and documents, which it takes apart into numbered keys. */
export const OPENINFERENCE_PARTS: Dialect = {
  title: 'OpenInference, numbered keys',
  prefixes: OPENINFERENCE.prefixes,
  input: [indexed('llm.input_messages.'), indexed('llm.prompts.'), rerankerInput, toolParameters],
  output: [
    indexed('llm.output_messages.'),
    indexed('retrieval.documents.'),
    indexed('reranker.output_documents.'),
    indexed('embedding.embeddings.'),
  ],
  repeatedInput: ['llm.input_messages.'],
  repeatedOutput: ['llm.output_messages.'],
};
