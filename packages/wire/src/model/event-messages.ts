import type { KeyValue, Span, SpanEvent } from '../otlp/messages.js';
import { anyValueToJson, jsonObject } from './any-value-text.js';
import { AttributeMap } from './attribute-map.js';
import { genAiInput } from './gen-ai-messages.js';

/** Events that are one message each, and who speaks in it. */
const MESSAGE_ROLES: ReadonlyMap<string, string> = new Map([
  ['gen_ai.system.message', 'system'],
  ['gen_ai.user.message', 'user'],
  ['gen_ai.assistant.message', 'assistant'],
  ['gen_ai.tool.message', 'tool'],
]);

const CHOICE_EVENT = 'gen_ai.choice';
const DETAILS_EVENT = 'gen_ai.client.inference.operation.details';

/** Events that hold a whole side in one attribute. */
const CONTENT_EVENTS: readonly (readonly [string, string, 'input' | 'output'])[] = [
  ['gen_ai.content.prompt', 'gen_ai.prompt', 'input'],
  ['gen_ai.content.completion', 'gen_ai.completion', 'output'],
];

/** Repeats the provider's name, which the span has. */
const REPEATED_KEYS: ReadonlySet<string> = new Set(['gen_ai.system', 'gen_ai.provider.name']);

export interface EventMessages {
  readonly input: string | undefined;
  readonly output: string | undefined;
  /** The events that went into them. */
  readonly usedEvents: ReadonlySet<SpanEvent>;
}

const NO_MESSAGES: EventMessages = { input: undefined, output: undefined, usedEvents: new Set() };

/** Input and output out of the events by which earlier GenAI conventions carried content. */
export function eventMessages(span: Span): EventMessages {
  if (span.events.length === 0) return NO_MESSAGES;
  const details = span.events.find((event) => event.name === DETAILS_EVENT);
  if (details !== undefined) return messagesOfDetails(details);
  const usedEvents = new Set<SpanEvent>();
  const inputs: string[] = [];
  const outputs: string[] = [];
  let input: string | undefined;
  let output: string | undefined;
  for (const event of span.events) {
    const role = MESSAGE_ROLES.get(event.name);
    if (role !== undefined) inputs.push(messageToJson(role, event.attributes));
    else if (event.name === CHOICE_EVENT) outputs.push(messageToJson('assistant', event.attributes));
    else {
      const content = wholeSide(event);
      if (content === undefined) continue;
      if (content.side === 'input') input ??= content.text;
      else output ??= content.text;
    }
    usedEvents.add(event);
  }
  return { input: joinMessages(inputs) ?? input, output: joinMessages(outputs) ?? output, usedEvents };
}

function messagesOfDetails(event: SpanEvent): EventMessages {
  const attributes = new AttributeMap(event.attributes);
  return {
    input: genAiInput(attributes),
    output: attributes.takeText('gen_ai.output.messages'),
    usedEvents: new Set([event]),
  };
}

function wholeSide(event: SpanEvent): { side: 'input' | 'output'; text: string } | undefined {
  const known = CONTENT_EVENTS.find(([name]) => name === event.name);
  if (known === undefined) return undefined;
  const text = new AttributeMap(event.attributes).peekText(known[1]);
  return text === undefined ? undefined : { side: known[2], text };
}

function messageToJson(role: string, attributes: readonly KeyValue[]): string {
  const members = attributes.filter(({ key }) => !REPEATED_KEYS.has(key));
  const entries = members.map(({ key, value }): [string, string] => [key, anyValueToJson(value)]);
  if (!members.some(({ key }) => key === 'role')) entries.unshift(['role', JSON.stringify(role)]);
  return jsonObject(entries);
}

function joinMessages(messages: readonly string[]): string | undefined {
  return messages.length === 0 ? undefined : `[${messages.join(',')}]`;
}
