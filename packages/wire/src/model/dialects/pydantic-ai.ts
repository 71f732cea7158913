import type { AttributeMap } from '../attribute-map.js';
import type { Dialect, Reader } from '../dialect.js';
import { withSystemInstructions } from '../gen-ai-messages.js';
import { rawJsonElements } from '../json-members.js';
import { parseJsonObject } from '../json-text.js';
import { amounts, kept, whereAny } from '../readers.js';

/** What an agent's run carries, which sums up the requests below it. */
const RUN_KEYS = ['pydantic_ai.all_messages', 'all_messages_events'];

const allMessages: Reader<string> = {
  keys: ['pydantic_ai.all_messages', 'gen_ai.system_instructions'],
  note: 'the instructions first, as a message of the system',
  read: ({ attributes }) => {
    const messages = attributes.takeText('pydantic_ai.all_messages');
    return messages === undefined ? undefined : withSystemInstructions(attributes, messages);
  },
};

/** Pydantic AI's own names; its newest ones are those of OpenTelemetry GenAI. */
export const PYDANTIC_AI: Dialect = {
  title: 'Pydantic AI',
  prefixes: ['pydantic_ai.', 'all_messages_events', 'final_result', 'tool_', 'operation.cost'],
  type: [whereAny(RUN_KEYS, 'agent')],
  summary: [whereAny(RUN_KEYS, true)],
  input: [allMessages, 'tool_arguments'],
  output: ['final_result', 'tool_response'],
  cost: [amounts({ 'operation.cost': 'total' })],
};

/** Logfire's names for what its integrations record. */
export const LOGFIRE: Dialect = {
  title: 'Logfire',
  prefixes: ['logfire.', 'prompt', 'all_messages_events'],
  name: [kept('logfire.msg')],
  input: ['prompt'],
  output: ['all_messages_events'],
};

const EVENTS_KEY = 'events';

/** The events of one side, out of the JSON array that holds both; those of the other side stay in it. */
function eventsOf(side: 'input' | 'output'): Reader<string> {
  return {
    keys: [EVENTS_KEY],
    note: side === 'output' ? 'a JSON array: its events `gen_ai.choice`' : 'a JSON array: its other events',
    read: ({ attributes }) => {
      const events = genAiEvents(attributes);
      if (events === undefined) return undefined;
      const own = events.filter((event) => event.isChoice === (side === 'output'));
      if (own.length === 0) return undefined;
      const rest = events.filter((event) => !own.includes(event));
      attributes.remove(EVENTS_KEY);
      if (rest.length > 0) attributes.putBack(EVENTS_KEY, arrayOf(rest));
      return arrayOf(own);
    },
  };
}

interface EventText {
  readonly json: string;
  readonly isChoice: boolean;
}

/** `undefined` where the attribute is anything but a list of GenAI events. */
function genAiEvents(attributes: AttributeMap): readonly EventText[] | undefined {
  const elements = rawJsonElements(attributes.peekText(EVENTS_KEY) ?? '');
  if (elements === undefined || elements.length === 0) return undefined;
  const events: EventText[] = [];
  for (const json of elements) {
    const name = parseJsonObject(json)?.['event.name'];
    if (typeof name !== 'string' || !name.startsWith('gen_ai.')) return undefined;
    events.push({ json, isChoice: name === 'gen_ai.choice' });
  }
  return events;
}

const arrayOf = (events: readonly EventText[]): string => `[${events.map(({ json }) => json).join(',')}]`;

/** GenAI events in one attribute, as Pydantic AI and Logfire wrote them between the events of spans and of today. */
export const LOGFIRE_EVENTS: Dialect = {
  title: 'Logfire, events in an attribute',
  prefixes: ['events'],
  input: [eventsOf('input')],
  output: [eventsOf('output')],
};
