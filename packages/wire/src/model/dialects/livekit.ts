import type { Dialect, Reader } from '../dialect.js';
import type { ObservationType } from '../observation.js';
import { kept, sinceStart } from '../readers.js';

const TYPES: ReadonlyMap<string, ObservationType> = new Map<string, ObservationType>([
  ['agent_turn', 'agent'],
  ['start_agent_activity', 'agent'],
  ['function_tool', 'tool'],
]);

const typeBySpanName: Reader<ObservationType> = {
  keys: ['span name'],
  note: `of scope \`livekit-agents\`: ${[...TYPES].map(([name, type]) => `${name} → ${type}`).join(', ')}`,
  read: ({ span, scope }) => (scope.name === 'livekit-agents' ? TYPES.get(span.name) : undefined),
};

/** A name of today, which marks personal data, and the one before it. */
const names = (name: string): readonly [string, string] => [`lk.pii.${name}`, `lk.${name}`];

/** LiveKit Agents. */
export const LIVEKIT: Dialect = {
  title: 'LiveKit Agents',
  prefixes: ['lk.'],
  type: [typeBySpanName],
  name: [kept('lk.function_tool.name')],
  input: [
    ...names('input_text'),
    ...names('user_transcript'),
    ...names('user_input'),
    ...names('chat_ctx'),
    ...names('function_tool.arguments'),
  ],
  output: [...names('function_tool.output'), ...names('response.text'), ...names('response.function_calls')],
  completionStart: [sinceStart('lk.response.ttft', 's')],
};
