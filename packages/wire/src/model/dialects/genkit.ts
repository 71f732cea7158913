import { jsonObject } from '../any-value-text.js';
import type { AttributeMap } from '../attribute-map.js';
import type { Dialect, Reader } from '../dialect.js';
import { rawJsonMembers } from '../json-members.js';
import { isJsonObject } from '../json-text.js';
import { parseAmount } from '../numbers.js';
import { kept, kindOfWork } from '../readers.js';
import { type UsageTable, usageParts } from '../usage-table.js';

const INPUT_KEY = 'genkit:input';
const OUTPUT_KEY = 'genkit:output';
const SUBTYPE_KEY = 'genkit:metadata:subtype';

/**
 * A model's messages out of the request or response that they are wrapped in. What else is in the wrapping goes back,
 * so that it becomes metadata, except a member that is in the model already: the other side, or a model's parameters.
 */
function unwrapped(
  key: string,
  member: string,
  isElsewhere: (name: string, attributes: AttributeMap) => boolean,
): Reader<string> {
  return {
    keys: [key],
    note: `its \`${member}\`, where it is an object with one; the rest stays an attribute`,
    read: ({ attributes }) => {
      const text = attributes.takeText(key);
      const members = text === undefined ? undefined : rawJsonMembers(text);
      const inner = members?.find(([name]) => name === member)?.[1];
      if (members === undefined || inner === undefined || !/^[{[]/.test(inner)) return text;
      const rest = members.filter(([name]) => name !== member && !isElsewhere(name, attributes));
      if (rest.length > 0) attributes.putBack(key, jsonObject(rest));
      return inner;
    },
  };
}

const isModel = (attributes: AttributeMap): boolean =>
  (attributes.peekText(SUBTYPE_KEY) ?? '').toLowerCase().endsWith('model');

const modelName: Reader<string> = {
  ...kept('genkit:name'),
  note: 'on a model; stays an attribute',
  read: ({ attributes }) => (isModel(attributes) ? attributes.peekText('genkit:name') : undefined),
};

const config: Reader<string> = {
  keys: [INPUT_KEY],
  note: 'its `config`; stays',
  read: ({ attributes }) => {
    if (!isModel(attributes)) return undefined;
    const text = attributes.peekText(INPUT_KEY);
    const value = text === undefined ? undefined : rawJsonMembers(text)?.find(([name]) => name === 'config')?.[1];
    return value !== undefined && value !== '{}' && value.startsWith('{') ? value : undefined;
  },
};

/** Only a model's: the flows around it repeat its answer with its usage. */
const counts: Reader<ReadonlyMap<string, number>> = {
  keys: [OUTPUT_KEY],
  note: 'the tokens in its `usage`, on a model; stays',
  read: (source) => {
    if (!isModel(source.attributes)) return undefined;
    const usage = source.jsonObject(OUTPUT_KEY)?.usage;
    if (!isJsonObject(usage)) return undefined;
    const found = new Map<string, number>();
    for (const [name, value] of Object.entries(usage)) {
      const amount = typeof value === 'number' && name.endsWith('Tokens') ? parseAmount(value) : undefined;
      if (amount !== undefined) found.set(name, amount);
    }
    return found;
  },
};

const usage: UsageTable = {
  counts,
  note: 'input includes cached; whether output includes thoughts the total tells',
  input: ['inputTokens'],
  output: ['outputTokens'],
  total: ['totalTokens'],
  parts: usageParts({ cacheRead: ['cachedContentTokens'], reasoning: ['thoughtsTokens'] }),
};

/** Firebase Genkit. */
export const GENKIT: Dialect = {
  title: 'Genkit',
  prefixes: ['genkit:'],
  type: [
    kindOfWork(SUBTYPE_KEY, {
      'background-model': 'generation',
      model: 'generation',
      embedder: 'embedding',
      tool: 'tool',
      'tool.v2': 'tool',
      retriever: 'retriever',
      evaluator: 'evaluator',
    }),
  ],
  name: [kept('genkit:name')],
  input: [unwrapped(INPUT_KEY, 'messages', (name, attributes) => name === 'config' && isModel(attributes))],
  output: [unwrapped(OUTPUT_KEY, 'message', (name) => name === 'request')],
  model: [modelName],
  modelParameters: [config],
  usage,
};
