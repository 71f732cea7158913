/** One message of a conversation, from any of the shapes that are in use. */
export interface ChatMessage {
  readonly role: string;
  readonly name: string | undefined;
  readonly parts: readonly ChatPart[];
}

export type ChatPart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'reasoning'; readonly text: string }
  | { readonly kind: 'tool-call'; readonly name: string; readonly arguments: string }
  | { readonly kind: 'tool-result'; readonly text: string }
  /** Never loaded: what it is and how long its reference is. */
  | { readonly kind: 'media'; readonly label: string; readonly characters: number };

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads `[{role, content}]`, `{messages: [...]}`, `{role, content}`, a chat completion's `choices`, and OpenTelemetry's
 * `parts`; `undefined` for anything else. Every message must be one, or nothing is: half a conversation would mislead.
 */
export function readChat(value: unknown): ChatMessage[] | undefined {
  const list = messageList(value);
  if (list === undefined || list.length === 0) return undefined;
  const messages: ChatMessage[] = [];
  for (const item of list) {
    const message = isFields(item) ? readMessage(item) : undefined;
    if (message === undefined) return undefined;
    messages.push(message);
  }
  return messages;
}

function messageList(value: unknown): readonly unknown[] | undefined {
  if (Array.isArray(value)) return value;
  if (!isFields(value)) return undefined;
  if (Array.isArray(value.messages)) return value.messages;
  if (Array.isArray(value.choices)) {
    return value.choices.map((choice: unknown) => (isFields(choice) ? choice.message : undefined));
  }
  return typeof value.role === 'string' ? [value] : undefined;
}

function readMessage(fields: Fields): ChatMessage | undefined {
  const { role, content, parts, tool_calls: toolCalls } = fields;
  if (typeof role !== 'string' || role.length > 40) return undefined;
  if (content === undefined && parts === undefined && toolCalls === undefined) return undefined;
  const name = typeof fields.name === 'string' ? fields.name : undefined;
  const read = [...readReasoning(fields), ...readContent(content ?? parts, role), ...readToolCalls(toolCalls)];
  return { role, name, parts: read };
}

function readReasoning(fields: Fields): ChatPart[] {
  const text = fields.reasoning_content ?? fields.reasoning;
  return typeof text === 'string' && text !== '' ? [{ kind: 'reasoning', text }] : [];
}

function readContent(content: unknown, role: string): ChatPart[] {
  if (content === undefined || content === null || content === '') return [];
  if (typeof content === 'string') return [{ kind: role === 'tool' ? 'tool-result' : 'text', text: content }];
  if (Array.isArray(content)) return content.map((part) => readPart(part));
  return [{ kind: 'text', text: JSON.stringify(content) }];
}

function readPart(part: unknown): ChatPart {
  if (typeof part === 'string') return { kind: 'text', text: part };
  if (!isFields(part)) return { kind: 'text', text: JSON.stringify(part) };
  const type = typeof part.type === 'string' ? part.type : '';
  const text = [part.text, part.content, part.thinking].find((field) => typeof field === 'string');
  if (/^(reasoning|thinking)$/.test(type)) return { kind: 'reasoning', text: textOf(text ?? part) };
  if (/^(tool_call|tool_use|function_call)$/.test(type)) return toolCall(part);
  if (/^(tool_call_response|tool_result)$/.test(type)) {
    return { kind: 'tool-result', text: textOf(part.response ?? part.result ?? part.content) };
  }
  if (/image|audio|video|file|blob|uri|document/.test(type)) return media(type, part);
  return text === undefined ? { kind: 'text', text: textOf(part) } : { kind: 'text', text: textOf(text) };
}

function media(type: string, part: Fields): ChatPart {
  return { kind: 'media', label: type.replaceAll('_', ' '), characters: JSON.stringify(part).length };
}

function readToolCalls(value: unknown): ChatPart[] {
  if (!Array.isArray(value)) return [];
  return value.filter(isFields).map(toolCall);
}

/** `{function: {name, arguments}}` as OpenAI has it, or the two at the top as others do. */
function toolCall(fields: Fields): ChatPart {
  const call = isFields(fields.function) ? fields.function : fields;
  const name = typeof call.name === 'string' ? call.name : 'tool';
  return { kind: 'tool-call', name, arguments: textOf(call.arguments ?? call.input ?? {}) };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
