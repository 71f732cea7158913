import { isJsonObject, parseJson } from './json-text.js';

/**
 * The members of a JSON object, or the elements of an array by index, each as text: a string as it is, anything else as
 * it stands in the source, so that a number keeps digits that a double cannot hold. `undefined` where the text is
 * neither.
 */
export function jsonMembers(text: string): [string, string][] | undefined {
  const members = rawJsonElements(text)?.map((json, index): [string, string] => [String(index), json]);
  return (members ?? rawJsonMembers(text))?.map(([key, json]) => [key, valueText(json)]);
}

/** The members of a JSON object, each value as it stands in the source; `undefined` where the text is no object. */
export function rawJsonMembers(text: string): [string, string][] | undefined {
  const parsed = /^\s*\{/.test(text) ? parseJson(text) : undefined;
  return isJsonObject(parsed) ? splitTopLevel(text).map(memberOf) : undefined;
}

/** The same for the elements of a JSON array. */
export function rawJsonElements(text: string): string[] | undefined {
  const parsed = /^\s*\[/.test(text) ? parseJson(text) : undefined;
  return Array.isArray(parsed) ? splitTopLevel(text).map((json) => json.trim()) : undefined;
}

/** The parts between the commas of an object or array that is known to be valid JSON. */
function splitTopLevel(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index];
    if (character === '"') index = endOfString(text, index);
    else if (character === '{' || character === '[') {
      depth += 1;
      if (depth === 1) start = index + 1;
    } else if (character === '}' || character === ']') {
      depth -= 1;
      if (depth === 0) parts.push(text.slice(start, index));
    } else if (character === ',' && depth === 1) {
      parts.push(text.slice(start, index));
      start = index + 1;
    }
  }
  const isEmpty = parts.length === 1 && parts[0]?.trim() === '';
  return isEmpty ? [] : parts;
}

/** Where the string that opens at `start` closes. */
function endOfString(text: string, start: number): number {
  let index = start + 1;
  while (index < text.length && text[index] !== '"') index += text[index] === '\\' ? 2 : 1;
  return index;
}

function memberOf(part: string): [string, string] {
  const keyStart = part.indexOf('"');
  const keyEnd = endOfString(part, keyStart) + 1;
  const json = part.slice(part.indexOf(':', keyEnd) + 1).trim();
  return [JSON.parse(part.slice(keyStart, keyEnd)) as string, json];
}

function valueText(json: string): string {
  return json.startsWith('"') ? (JSON.parse(json) as string) : json;
}
