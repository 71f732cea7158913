/** What senders gave as JSON, as the texts that attributes hold. */

type JsonObject = Readonly<Record<string, unknown>>;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * A string as it is, anything else as JSON; `undefined` where nothing was given.
 *
 * @throws RangeError where it is nested deeper than the stack allows.
 */
export function toText(value: unknown): string | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Under which a metadata value is kept that has no keys of its own. */
const BARE_KEY = 'value';

/** Top-level keys of metadata to text; those of an array are its indexes. */
export function toMetadata(value: unknown): Map<string, string> {
  const metadata = new Map<string, string>();
  const isKeyed = isJsonObject(value) || Array.isArray(value);
  const entries: [string, unknown][] = isKeyed ? Object.entries(value) : [[BARE_KEY, value]];
  for (const [key, each] of entries) {
    // An empty text is a value here, unlike in a field.
    const text = each === '' ? '' : toText(each);
    if (text !== undefined) metadata.set(key, text);
  }
  return metadata;
}

/** How deep objects in metadata are merged; below, the later one replaces the earlier. */
const MAX_MERGE_DEPTH = 16;

/** Two texts of the same metadata key: objects become one, of anything else the second stays. */
export function mergeTexts(weaker: string, stronger: string): string {
  if (weaker === stronger || !weaker.startsWith('{') || !stronger.startsWith('{')) return stronger;
  const [low, high] = [parseObject(weaker), parseObject(stronger)];
  if (low === undefined || high === undefined) return stronger;
  try {
    return JSON.stringify(mergeObjects(low, high, 1));
  } catch (error) {
    // The texts may come from anywhere, nested deeper than the stack allows to be written.
    if (error instanceof RangeError) return stronger;
    throw error;
  }
}

function parseObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    // A text that only begins like an object.
    return undefined;
  }
}

/** The stronger one's keys come first, so that what is merged again stays the same text. */
function mergeObjects(weaker: JsonObject, stronger: JsonObject, depth: number): JsonObject {
  const merged = new Map<string, unknown>(Object.entries(stronger));
  for (const [key, value] of Object.entries(weaker)) {
    const known = merged.get(key);
    if (!merged.has(key)) merged.set(key, value);
    else if (isJsonObject(known) && isJsonObject(value) && depth < MAX_MERGE_DEPTH) {
      merged.set(key, mergeObjects(value, known, depth + 1));
    }
  }
  // Entries become own properties whatever their names, so that none reaches a prototype.
  return Object.fromEntries(merged);
}
