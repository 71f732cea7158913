import { type Level, levelSchema, type TraceFilter } from '@slipstream/query-api';

/** Windows that move with the clock; `fromUs` and `toUs` are a fixed one; neither is all time. */
export const TIME_RANGES = ['15m', '1h', '24h', '7d'] as const;
export type TimeRange = (typeof TIME_RANGES)[number];

const RANGE_US: Record<TimeRange, number> = {
  '15m': 900e6,
  '1h': 3_600e6,
  '24h': 86_400e6,
  '7d': 604_800e6,
};

/** What the list shows. The URL holds exactly this and is its only home. */
export interface TraceSearch {
  range?: TimeRange;
  fromUs?: number;
  toUs?: number;
  name?: string;
  conversation?: string;
  user?: string;
  service?: string;
  /** `key:value`. */
  metadata?: string[];
  level?: Level;
  text?: string;
}

/** Fields that hold one text, in the order in which they are shown. */
export const TEXT_FIELDS = ['text', 'name', 'conversation', 'user', 'service'] as const;
export type TextField = (typeof TEXT_FIELDS)[number];

/** As query-api has them; a longer value would be refused by the collector. */
const LIMITS: Record<TextField, number> = { text: 500, name: 1000, conversation: 1000, user: 1000, service: 1000 };
const METADATA_LIMIT = 2000;
const METADATA_COUNT = 8;

type RawSearch = Readonly<Record<string, unknown>>;

/** Reads any search record; what it does not understand is left out, so that no link can break the page. */
export function toTraceSearch(raw: RawSearch): TraceSearch {
  const search: TraceSearch = {};
  const range = TIME_RANGES.find((known) => known === one(raw.range));
  const fromUs = toTimeUs(raw.fromUs);
  const toUs = toTimeUs(raw.toUs);
  if (range !== undefined) search.range = range;
  else {
    if (fromUs !== undefined) search.fromUs = fromUs;
    if (toUs !== undefined) search.toUs = toUs;
  }
  for (const field of TEXT_FIELDS) {
    const value = one(raw[field])?.trim();
    if (value !== undefined && value !== '' && value.length <= LIMITS[field]) search[field] = value;
  }
  const metadata = many(raw.metadata).filter((pair) => isMetadataPair(pair));
  if (metadata.length > 0) search.metadata = [...new Set(metadata)].slice(0, METADATA_COUNT);
  const level = levelSchema.safeParse(one(raw.level));
  if (level.success) search.level = level.data;
  return search;
}

/** `?a=1&b=2&b=3` as a record; a key that is repeated becomes a list. */
export function parseSearch(text: string): Record<string, string | string[]> {
  const record: Record<string, string | string[]> = Object.create(null);
  for (const [key, value] of new URLSearchParams(text)) {
    const known = record[key];
    if (known === undefined) record[key] = value;
    else if (Array.isArray(known)) known.push(value);
    else record[key] = [known, value];
  }
  return { ...record };
}

/** The inverse, with the leading `?`, or `''`. Plain parameters, not JSON, so that a person can read and write them. */
export function stringifySearch(search: RawSearch): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(search)) {
    if (value === undefined || value === null) continue;
    for (const item of Array.isArray(value) ? value : [value]) params.append(key, String(item));
  }
  const text = params.toString();
  return text === '' ? '' : `?${text}`;
}

/** What to ask the collector for at this moment. */
export function toTraceFilter(search: TraceSearch, nowMs: number): TraceFilter {
  const { range, ...filter } = search;
  if (range === undefined) return filter;
  return { ...filter, fromUs: Math.max(0, Math.round(nowMs * 1000 - RANGE_US[range])) };
}

/** The search without its conditions; the time range stays. */
export function withoutConditions(search: TraceSearch): TraceSearch {
  const { range, fromUs, toUs } = search;
  return {
    ...(range === undefined ? {} : { range }),
    ...(fromUs === undefined ? {} : { fromUs }),
    ...(toUs === undefined ? {} : { toUs }),
  };
}

export function hasTimeLimit(search: TraceSearch): boolean {
  return search.range !== undefined || search.fromUs !== undefined || search.toUs !== undefined;
}

/**
 * The search that a value of a trace stands for, to link to the traces that share it; `undefined` where a filter
 * cannot express the value (too long, blank at an end, a key with a colon), since such a link would find others.
 */
export function searchFor(field: Exclude<TextField, 'text'>, value: string): TraceSearch | undefined {
  const search = toTraceSearch({ [field]: value });
  return search[field] === value ? search : undefined;
}

/** The same for a metadata value. */
export function searchForMetadata(key: string, value: string): TraceSearch | undefined {
  const pair = `${key}:${value}`;
  return !key.includes(':') && isMetadataPair(pair) ? { metadata: [pair] } : undefined;
}

/** One condition that is in force, and the search without it. */
export interface Condition {
  readonly id: string;
  readonly field: TextField | 'metadata' | 'level';
  readonly label: string;
  readonly value: string;
  readonly without: TraceSearch;
}

export function conditionsOf(search: TraceSearch): Condition[] {
  const conditions: Condition[] = [];
  for (const field of TEXT_FIELDS) {
    const value = search[field];
    if (value === undefined || field === 'text') continue;
    conditions.push({ id: field, field, label: field, value, without: omit(search, field) });
  }
  if (search.level !== undefined) {
    const without = omit(search, 'level');
    conditions.push({ id: 'level', field: 'level', label: 'level ≥', value: search.level.toLowerCase(), without });
  }
  for (const pair of search.metadata ?? []) {
    const { key, value } = splitPair(pair);
    conditions.push({
      id: `metadata ${pair}`,
      field: 'metadata',
      label: key,
      value,
      without: withoutPair(search, pair),
    });
  }
  return conditions;
}

/** Sets a text field, or removes it when the value is empty. */
export function withText(search: TraceSearch, field: TextField, value: string): TraceSearch {
  const trimmed = value.trim().slice(0, LIMITS[field]);
  return trimmed === '' ? omit(search, field) : { ...search, [field]: trimmed };
}

export function withLevel(search: TraceSearch, level: Level | undefined): TraceSearch {
  return level === undefined ? omit(search, 'level') : { ...search, level };
}

/** Adds a metadata pair; the search as it is when the pair is not possible or there are as many as are allowed. */
export function withPair(search: TraceSearch, key: string, value: string): TraceSearch {
  const pair = `${key.trim()}:${value}`;
  const known = search.metadata ?? [];
  if (!isMetadataPair(pair) || known.includes(pair) || known.length >= METADATA_COUNT) return search;
  return { ...search, metadata: [...known, pair] };
}

export function withRange(search: TraceSearch, range: TimeRange | undefined): TraceSearch {
  const { range: _range, fromUs: _from, toUs: _to, ...rest } = search;
  return range === undefined ? rest : { ...rest, range };
}

/** A fixed window; either end may be open. */
export function withWindow(search: TraceSearch, fromUs: number | undefined, toUs: number | undefined): TraceSearch {
  return {
    ...withRange(search, undefined),
    ...(fromUs === undefined ? {} : { fromUs }),
    ...(toUs === undefined ? {} : { toUs }),
  };
}

/** The first colon parts key from value, so a value may hold colons. */
export function splitPair(pair: string): { key: string; value: string } {
  const colon = pair.indexOf(':');
  return { key: pair.slice(0, colon), value: pair.slice(colon + 1) };
}

function isMetadataPair(pair: string): boolean {
  return pair.indexOf(':') > 0 && pair.length <= METADATA_LIMIT;
}

function withoutPair(search: TraceSearch, pair: string): TraceSearch {
  const rest = (search.metadata ?? []).filter((other) => other !== pair);
  return rest.length === 0 ? omit(search, 'metadata') : { ...search, metadata: rest };
}

function omit(search: TraceSearch, field: keyof TraceSearch): TraceSearch {
  const copy = { ...search };
  delete copy[field];
  return copy;
}

function one(value: unknown): string | undefined {
  const first: unknown = Array.isArray(value) ? value[0] : value;
  if (typeof first === 'number') return String(first);
  return typeof first === 'string' ? first : undefined;
}

function many(value: unknown): string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.filter((item) => typeof item === 'string');
}

function toTimeUs(value: unknown): number | undefined {
  const text = one(value);
  if (text === undefined || !/^\d{1,16}$/.test(text)) return undefined;
  const timeUs = Number(text);
  return Number.isSafeInteger(timeUs) ? timeUs : undefined;
}
