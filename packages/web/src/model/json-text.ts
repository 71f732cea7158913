/** A text from a trace, read as what it is. */
export type TextValue = { readonly kind: 'json'; readonly value: object } | { readonly kind: 'text' };

/** Only objects and lists are worth a tree; a JSON number, boolean or quoted string is shown as the text it is. */
export function readTextValue(text: string): TextValue {
  const start = text.slice(0, 64).trimStart().charAt(0);
  if (start !== '{' && start !== '[') return { kind: 'text' };
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { kind: 'json', value } : { kind: 'text' };
  } catch {
    // Cut or not JSON at all: it is shown as text.
    return { kind: 'text' };
  }
}
