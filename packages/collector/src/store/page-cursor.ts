import { StoreError } from './errors.js';

/** Places in scans, as a text that a caller hands back: unreadable on purpose, since it is nobody's to make. */
export function formatPlace(parts: readonly string[]): string {
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

/**
 * The parts that {@link formatPlace} was given.
 *
 * @throws StoreError `invalid_cursor` where it is something else
 */
export function parsePlace(text: string, patterns: readonly RegExp[]): string[] {
  const parts = parseTexts(text);
  if (parts?.length === patterns.length && patterns.every((pattern, index) => pattern.test(parts[index] ?? ''))) {
    return parts;
  }
  throw new StoreError('invalid_cursor', 'the place is not one that a page gave; start again without it');
}

function parseTexts(text: string): string[] | undefined {
  try {
    const parts: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    return Array.isArray(parts) && parts.every((part) => typeof part === 'string') ? parts : undefined;
  } catch {
    // The caller refuses whatever is not such a text.
    return undefined;
  }
}
