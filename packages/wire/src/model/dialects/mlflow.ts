import type { Dialect, Reader } from '../dialect.js';
import { parseJson } from '../json-text.js';
import { flattenNumbers } from '../numbers.js';
import type { ObservationType } from '../observation.js';
import { jsonAmounts } from '../readers.js';
import { type UsageTable, usageParts } from '../usage-table.js';

const TYPE_KEY = 'mlflow.spanType';

const TYPES: ReadonlyMap<string, ObservationType> = new Map<string, ObservationType>([
  ['LLM', 'generation'],
  ['CHAT_MODEL', 'generation'],
  ['CHAIN', 'chain'],
  ['WORKFLOW', 'chain'],
  ['AGENT', 'agent'],
  ['TOOL', 'tool'],
  ['RETRIEVER', 'retriever'],
  ['RERANKER', 'retriever'],
  ['EMBEDDING', 'embedding'],
  ['GUARDRAIL', 'guardrail'],
  ['EVALUATOR', 'evaluator'],
]);

/** MLflow writes every value as JSON, a text with its quotes. */
function unquoted(text: string | undefined): string | undefined {
  if (text?.startsWith('"') !== true) return text;
  const value = parseJson(text);
  return typeof value === 'string' ? value : text;
}

function jsonString(key: string): Reader<string> {
  return { keys: [key], note: 'a JSON string', read: ({ attributes }) => unquoted(attributes.takeText(key)) };
}

const spanType: Reader<ObservationType> = {
  keys: [TYPE_KEY],
  note: [...TYPES].map(([name, type]) => `${name} → ${type}`).join(', '),
  read: ({ attributes }) => TYPES.get(unquoted(attributes.peekText(TYPE_KEY)) ?? ''),
};

const COST_NAMES = { input: 'input_cost', output: 'output_cost', total: 'total_cost' } as const;

const cost: Reader<ReadonlyMap<string, number>> = {
  keys: ['mlflow.llm.cost'],
  note: 'a JSON object',
  read: (source) => {
    const object = source.jsonObject('mlflow.llm.cost');
    if (object === undefined) return undefined;
    source.attributes.remove('mlflow.llm.cost');
    const reported = flattenNumbers(object);
    const found = new Map<string, number>();
    for (const [kind, name] of Object.entries(COST_NAMES)) {
      const amount = reported.get(name);
      if (amount !== undefined) found.set(kind, amount);
    }
    return found;
  },
};

const usage: UsageTable = {
  counts: jsonAmounts('mlflow.chat.tokenUsage'),
  note: "input includes cached as the provider's does, which the total tells",
  input: ['input_tokens'],
  output: ['output_tokens'],
  total: ['total_tokens'],
  parts: usageParts({ cacheRead: ['cache_read_input_tokens'], cacheWrite: ['cache_creation_input_tokens'] }),
  leftOut: new Set(['cache_creation_input_tokens_above_1hr']),
};

/** MLflow Tracing. */
export const MLFLOW: Dialect = {
  title: 'MLflow',
  prefixes: ['mlflow.'],
  type: [spanType],
  input: ['mlflow.spanInputs'],
  output: ['mlflow.spanOutputs'],
  model: [jsonString('mlflow.llm.model')],
  usage,
  cost: [cost],
  userId: [jsonString('mlflow.trace.user')],
  sessionId: [jsonString('mlflow.trace.session')],
};
