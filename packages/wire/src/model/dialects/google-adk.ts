import type { Dialect, Reader } from '../dialect.js';
import { isJsonObject } from '../json-text.js';
import { parseAmount } from '../numbers.js';
import type { ObservationType } from '../observation.js';
import { unlessEmptyObject } from '../readers.js';
import { type UsageTable, usageParts } from '../usage-table.js';

const REQUEST_KEY = 'gcp.vertex.agent.llm_request';
const RESPONSE_KEY = 'gcp.vertex.agent.llm_response';

const modelCall: Reader<ObservationType> = {
  keys: [REQUEST_KEY, RESPONSE_KEY],
  note: 'either but `{}` → generation',
  read: ({ attributes }) =>
    [REQUEST_KEY, RESPONSE_KEY].some((key) => (attributes.peekText(key) ?? '{}') !== '{}') ? 'generation' : undefined,
};

/** Since 1.24 a span below `call_llm` reports the model and its tokens as well. */
const outerCall: Reader<true> = {
  keys: ['span name `call_llm`'],
  note: 'of scope `gcp.vertex.agent` from version 1.24 on',
  read: ({ span, scope }) => {
    if (span.name !== 'call_llm' || scope.name !== 'gcp.vertex.agent') return undefined;
    const [major = 0, minor = 0] = scope.version.split('.').map(Number);
    return major > 1 || (major === 1 && minor >= 24) ? true : undefined;
  },
};

const counts: Reader<ReadonlyMap<string, number>> = {
  keys: [RESPONSE_KEY],
  note: 'the numbers of `usage_metadata`; stays',
  read: (source) => {
    const metadata = source.jsonObject(RESPONSE_KEY)?.usage_metadata;
    if (!isJsonObject(metadata)) return undefined;
    const found = new Map<string, number>();
    for (const [name, value] of Object.entries(metadata)) {
      const amount = typeof value === 'number' ? parseAmount(value) : undefined;
      if (amount !== undefined && KNOWN_COUNTS.has(name)) found.set(name, amount);
    }
    return found;
  },
};

const KNOWN_COUNTS: ReadonlySet<string> = new Set([
  'prompt_token_count',
  'candidates_token_count',
  'total_token_count',
  'cached_content_token_count',
  'thoughts_token_count',
]);

const usage: UsageTable = {
  counts,
  note: 'prompt includes cached; whether the output includes thoughts differs by version, which the total tells',
  input: ['prompt_token_count'],
  output: ['candidates_token_count'],
  total: ['total_token_count'],
  parts: usageParts({ cacheRead: ['cached_content_token_count'], reasoning: ['thoughts_token_count'] }),
};

/** Google's Agent Development Kit. On a span of one kind it sets the keys of the others to `{}`. */
export const GOOGLE_ADK: Dialect = {
  title: 'Google ADK',
  prefixes: ['gcp.vertex.agent.'],
  type: [modelCall],
  summary: [outerCall],
  input: [unlessEmptyObject(REQUEST_KEY), 'gcp.vertex.agent.tool_call_args'],
  output: [unlessEmptyObject(RESPONSE_KEY), 'gcp.vertex.agent.tool_response'],
  usage,
  sessionId: ['gcp.vertex.agent.session_id'],
};
