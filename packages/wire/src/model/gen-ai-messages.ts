import { anyValueToJson, jsonObject } from './any-value-text.js';
import { type AttributeMap, meaningfulText } from './attribute-map.js';
import { parseJson } from './json-text.js';

const INPUT_KEY = 'gen_ai.input.messages';
const SYSTEM_KEY = 'gen_ai.system_instructions';

/** The messages that went to the model by the current GenAI conventions, the system's instructions first. */
export function genAiInput(attributes: AttributeMap): string | undefined {
  const messages = attributes.takeText(INPUT_KEY);
  const system = attributes.take(SYSTEM_KEY);
  const systemText = meaningfulText(system);
  if (system === undefined || systemText === undefined) return messages;
  const systemMessage = systemMessageJson(systemText, anyValueToJson(system));
  return prependMessage(systemMessage, messages);
}

/** Instructions are a list of parts, or plain text. */
function systemMessageJson(text: string, json: string): string {
  const isList = text.trimStart().startsWith('[') && parseJson(text) !== undefined;
  return jsonObject([['role', '"system"'], isList ? ['parts', text] : ['content', json]]);
}

function prependMessage(message: string, messages: string | undefined): string {
  if (messages === undefined) return `[${message}]`;
  const parsed = messages.trimStart().startsWith('[') ? parseJson(messages) : undefined;
  if (!Array.isArray(parsed)) return `[${message},${parsed === undefined ? JSON.stringify(messages) : messages}]`;
  if (parsed.length === 0) return `[${message}]`;
  // The text is an array with elements: it is opened anew, so that the elements stay as they were sent.
  return `[${message},${messages.trimStart().slice(1)}`;
}
