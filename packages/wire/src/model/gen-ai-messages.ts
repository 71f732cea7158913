import { anyValueToJson, jsonObject } from './any-value-text.js';
import { type AttributeMap, meaningfulText } from './attribute-map.js';
import { isJsonObject, type Json, parseJson } from './json-text.js';

const SYSTEM_KEY = 'gen_ai.system_instructions';

/**
 * Messages that went to the model, with the system's instructions before them, unless a message of the system is among
 * them already.
 */
export function withSystemInstructions(attributes: AttributeMap, messages: string | undefined): string | undefined {
  const system = attributes.peek(SYSTEM_KEY);
  const systemText = meaningfulText(system);
  if (system === undefined || systemText === undefined) return messages;
  const parsed = messages?.trimStart().startsWith('[') ? parseJson(messages) : undefined;
  if (Array.isArray(parsed) && parsed.some(isOfSystem)) return messages;
  attributes.remove(SYSTEM_KEY);
  return prependMessage(systemMessageJson(systemText, anyValueToJson(system)), messages, parsed);
}

function isOfSystem(message: Json): boolean {
  return isJsonObject(message) && message.role === 'system';
}

/** Instructions are a list of parts, or plain text. */
function systemMessageJson(text: string, json: string): string {
  const isList = text.trimStart().startsWith('[') && parseJson(text) !== undefined;
  return jsonObject([['role', '"system"'], isList ? ['parts', text] : ['content', json]]);
}

function prependMessage(message: string, messages: string | undefined, parsed: Json | undefined): string {
  if (messages === undefined) return `[${message}]`;
  if (!Array.isArray(parsed)) return `[${message},${parsed === undefined ? JSON.stringify(messages) : messages}]`;
  if (parsed.length === 0) return `[${message}]`;
  // The text is an array with elements: it is opened anew, so that the elements stay as they were sent.
  return `[${message},${messages.trimStart().slice(1)}`;
}
