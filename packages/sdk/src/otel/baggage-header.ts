import { type Baggage, type BaggageEntry, baggageEntryMetadataFromString, propagation } from '@opentelemetry/api';

/** https://www.w3.org/TR/baggage/#limits, and what OpenTelemetry's SDK takes of one entry. */
const MAX_ENTRIES = 180;
const MAX_ENTRY_LENGTH = 4096;
const MAX_LENGTH = 8192;

/** The `baggage` header: as many entries as fit. */
export function formatBaggage(baggage: Baggage): string {
  const texts = baggage.getAllEntries().map(formatEntry);
  let header = '';
  for (const text of texts.filter((text) => text !== '' && text.length <= MAX_ENTRY_LENGTH).slice(0, MAX_ENTRIES)) {
    const longer = header === '' ? text : `${header},${text}`;
    if (longer.length <= MAX_LENGTH) header = longer;
  }
  return header;
}

/** What a `baggage` header holds, several of which count as one; `undefined` for nothing. Broken entries are left out. */
export function readBaggage(header: unknown): Baggage | undefined {
  const text = (Array.isArray(header) ? header : [header]).filter((part) => typeof part === 'string').join(',');
  const entries: Record<string, BaggageEntry> = {};
  let [count, length] = [0, 0];
  for (const part of text.slice(0, MAX_LENGTH * 2).split(',')) {
    const entry = part.length <= MAX_ENTRY_LENGTH ? readEntry(part) : undefined;
    if (entry === undefined) continue;
    length += part.length + (count === 0 ? 0 : 1);
    if (length > MAX_LENGTH || count === MAX_ENTRIES) break;
    entries[entry.key] = entry.value;
    count++;
  }
  return count === 0 ? undefined : propagation.createBaggage(entries);
}

function formatEntry([key, { value, metadata }]: [string, BaggageEntry]): string {
  try {
    const text = `${encodeURIComponent(key)}=${encodeURIComponent(value)}`;
    return metadata === undefined ? text : `${text};${metadata.toString()}`;
  } catch {
    // Half of a surrogate pair cannot be percent-encoded.
    return '';
  }
}

function readEntry(text: string): { readonly key: string; readonly value: BaggageEntry } | undefined {
  const [pair = '', ...properties] = text.split(';');
  const at = pair.indexOf('=');
  try {
    const key = decodeURIComponent(pair.slice(0, Math.max(0, at)).trim());
    const value = decodeURIComponent(pair.slice(at + 1).trim());
    // As OpenTelemetry's SDK: an entry without a value is none. The key must not be an object's prototype.
    if (key === '' || value === '' || key === '__proto__') return undefined;
    const metadata = properties.join(';');
    return { key, value: metadata === '' ? { value } : { value, metadata: baggageEntryMetadataFromString(metadata) } };
  } catch {
    // Malformed percent-encoding.
    return undefined;
  }
}
