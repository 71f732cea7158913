/** A JSON value after `JSON.parse`. */
export type Json = string | number | boolean | null | Json[] | { readonly [key: string]: Json };

export type JsonObject = { readonly [key: string]: Json };

/** `undefined` where the text is not JSON. */
export function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    // Captured text that merely looks like JSON is ordinary; the caller keeps it as text.
    return undefined;
  }
}

export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `undefined` where the text is not a JSON object. */
export function parseJsonObject(text: string): JsonObject | undefined {
  if (!/^\s*\{/.test(text)) return undefined;
  const value = parseJson(text);
  return isJsonObject(value) ? value : undefined;
}
