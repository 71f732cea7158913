import type { KeyValue, SpanEvent } from '../../otlp/messages.js';
import { anyValueToJson, jsonObject } from '../any-value-text.js';
import { AttributeMap } from '../attribute-map.js';
import type { Dialect, Reader } from '../dialect.js';
import { withSystemInstructions } from '../gen-ai-messages.js';
import type { SpanSource } from '../source.js';

const DETAILS_EVENT = 'gen_ai.client.inference.operation.details';
const INPUT_KEY = 'gen_ai.input.messages';
const SYSTEM_KEY = 'gen_ai.system_instructions';
const OUTPUT_KEY = 'gen_ai.output.messages';

/** Events that are one message each, and who speaks in it. */
const INPUT_ROLES: ReadonlyMap<string, string> = new Map([
  ['gen_ai.system.message', 'system'],
  ['gen_ai.user.message', 'user'],
  ['gen_ai.assistant.message', 'assistant'],
  ['gen_ai.tool.message', 'tool'],
]);

const OUTPUT_ROLES: ReadonlyMap<string, string> = new Map([['gen_ai.choice', 'assistant']]);

/** Repeats the provider's name, which the span has. */
const REPEATED_KEYS: ReadonlySet<string> = new Set(['gen_ai.system', 'gen_ai.provider.name']);

/** The first text that one event of this name gives; the reader tells which of its attributes it used. */
function fromEvent(
  source: SpanSource,
  name: string,
  keys: readonly string[],
  read: (attributes: AttributeMap) => string | undefined,
): string | undefined {
  for (const event of source.span.events) {
    if (event.name !== name) continue;
    const attributes = new AttributeMap(event.attributes);
    const text = read(attributes);
    if (text === undefined) continue;
    source.useEvent(
      event,
      keys.filter((key) => attributes.get(key) === undefined),
    );
    return text;
  }
  return undefined;
}

const inputOfDetails: Reader<string> = {
  keys: [`event ${DETAILS_EVENT}: ${INPUT_KEY}, ${SYSTEM_KEY}`],
  read: (source) =>
    fromEvent(source, DETAILS_EVENT, [INPUT_KEY, SYSTEM_KEY], (attributes) =>
      withSystemInstructions(attributes, attributes.takeText(INPUT_KEY)),
    ),
};

function wholeSide(name: string, key: string): Reader<string> {
  return {
    keys: [`event ${name}: ${key}`],
    read: (source) => fromEvent(source, name, [key], (attributes) => attributes.takeText(key)),
  };
}

/** All events that are a message, as one JSON array. */
function messages(roles: ReadonlyMap<string, string>): Reader<string> {
  return {
    keys: [...roles.keys()].map((name) => `event ${name}`),
    note: 'one message each',
    read: (source) => {
      const parts: string[] = [];
      for (const event of source.span.events) {
        const role = roles.get(event.name);
        if (role !== undefined) parts.push(messageOf(source, event, role));
      }
      return parts.length === 0 ? undefined : `[${parts.join(',')}]`;
    },
  };
}

function messageOf(source: SpanSource, event: SpanEvent, role: string): string {
  source.useEvent(event, keysOf(event.attributes));
  const members = event.attributes.filter(({ key }) => !REPEATED_KEYS.has(key));
  const entries = members.map(({ key, value }): [string, string] => [key, anyValueToJson(value)]);
  if (!members.some(({ key }) => key === 'role')) entries.unshift(['role', JSON.stringify(role)]);
  return jsonObject(entries);
}

function* keysOf(attributes: readonly KeyValue[]): Iterable<string> {
  for (const { key } of attributes) yield key;
}

/** Content in events of the span, in the three ways that the conventions have had. */
export const GEN_AI_EVENTS: Dialect = {
  title: 'OpenTelemetry GenAI, events',
  prefixes: [],
  readsEvents: true,
  input: [inputOfDetails, messages(INPUT_ROLES), wholeSide('gen_ai.content.prompt', 'gen_ai.prompt')],
  output: [
    wholeSide(DETAILS_EVENT, OUTPUT_KEY),
    messages(OUTPUT_ROLES),
    wholeSide('gen_ai.content.completion', 'gen_ai.completion'),
  ],
};
