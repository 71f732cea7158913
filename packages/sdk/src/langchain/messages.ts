import { type Fields, fieldsOf, isRecord } from '../framework-events/records.js';

/** How deep messages are looked for: `{ output: { messages: [message] } }`. */
const MAX_DEPTH = 4;
/** Objects with more fields are data, not a chain's values; they are not searched. */
const MAX_FIELDS = 20;

/** Roles as model providers and chat views have them, by LangChain's name. */
const ROLES: ReadonlyMap<string, string> = new Map([
  ['human', 'user'],
  ['ai', 'assistant'],
]);

/**
 * A value with the messages in it as `{ role, content, … }`. They are classes whose `toJSON` writes out constructors,
 * which is of no use to a reader. What holds no messages is returned as it is, not copied.
 */
export function withPlainMessages(value: unknown, depth = MAX_DEPTH): unknown {
  if (depth === 0 || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return mapIfChanged(value, depth);
  if (isMessage(value)) return plainMessage(value);
  const messages = promptMessages(value);
  if (messages !== undefined) return mapIfChanged(messages, depth);
  // Other classes (documents, commands) know best how to be shown.
  return Object.getPrototypeOf(value) === Object.prototype ? plainFields(value as Fields, depth) : value;
}

function mapIfChanged(items: readonly unknown[], depth: number): readonly unknown[] {
  // Lists hold things of one kind, and may be long.
  const [first] = items;
  return withPlainMessages(first, depth - 1) === first
    ? items
    : items.map((item) => withPlainMessages(item, depth - 1));
}

function plainFields(fields: Fields, depth: number): Fields {
  const keys = Object.keys(fields);
  if (keys.length > MAX_FIELDS) return fields;
  let changed: Record<string, unknown> | undefined;
  for (const key of keys) {
    const plain = withPlainMessages(fields[key], depth - 1);
    if (plain === fields[key]) continue;
    changed ??= { ...fields };
    changed[key] = plain;
  }
  return changed ?? fields;
}

function isMessage(value: object): boolean {
  return 'content' in value && ('_getType' in value || 'getType' in value);
}

/** The messages of a chat prompt's value. */
function promptMessages(value: object): readonly unknown[] | undefined {
  if (!('toChatMessages' in value) || !('messages' in value)) return undefined;
  return Array.isArray(value.messages) ? value.messages : undefined;
}

/** One message as data: role and content, and what a chat needs besides them. */
export function plainMessage(value: unknown): Fields {
  const message = fieldsOf(value);
  const extra = fieldsOf(message.additional_kwargs);
  const plain: Record<string, unknown> = { role: roleOf(message), content: message.content };
  if (typeof message.name === 'string') plain.name = message.name;
  if (Array.isArray(message.tool_calls) && message.tool_calls.length > 0) {
    plain.tool_calls = message.tool_calls.filter(isRecord).map(plainToolCall);
  }
  if (typeof message.tool_call_id === 'string') plain.tool_call_id = message.tool_call_id;
  if (message.status === 'error') plain.status = 'error';
  if (typeof extra.reasoning_content === 'string') plain.reasoning_content = extra.reasoning_content;
  return plain;
}

function roleOf(message: Fields): string {
  const read = message.getType ?? message._getType;
  const type: unknown = typeof read === 'function' ? Reflect.apply(read, message, []) : message.type;
  // A generic chat message names its role itself.
  if (type === 'generic' && typeof message.role === 'string') return message.role;
  return typeof type === 'string' ? (ROLES.get(type) ?? type) : 'unknown';
}

function plainToolCall(call: Fields): Fields {
  return { id: call.id, type: 'function', function: { name: call.name, arguments: call.args } };
}
