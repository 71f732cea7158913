import { isJsonObject } from './values.js';

type Amounts = Record<string, unknown>;

/** Counts of the older `usage` object, in Langfuse's own and in OpenAI's names. */
const LEGACY_COUNTS = [
  ['input', 'input'],
  ['output', 'output'],
  ['total', 'total'],
  ['promptTokens', 'input'],
  ['completionTokens', 'output'],
  ['totalTokens', 'total'],
  ['prompt_tokens', 'input'],
  ['completion_tokens', 'output'],
  ['total_tokens', 'total'],
] as const;

const LEGACY_COSTS = [
  ['inputCost', 'input'],
  ['outputCost', 'output'],
  ['totalCost', 'total'],
  ['input_cost', 'input'],
  ['output_cost', 'output'],
  ['total_cost', 'total'],
] as const;

/** Names by which a provider's own usage object is known; the model takes such a one apart itself. */
const PROVIDER_COUNTS = ['prompt_tokens', 'completion_tokens', 'input_tokens', 'output_tokens'];

/** The details of a provider's usage object are objects themselves, and nest no deeper. */
const MAX_NESTING = 2;

/** Usage as JSON: what `usageDetails` says, and what only the older `usage` does. `undefined` where neither counts. */
export function usageText(usage: unknown, details: unknown): string | undefined {
  const counts = toCounts(details, 1);
  const isProvider = PROVIDER_COUNTS.some((name) => counts.has(name)) && !counts.has('input') && !counts.has('output');
  if (isProvider) return toJson(counts);
  return toJson(new Map([...readNamed(usage, LEGACY_COUNTS), ...counts]));
}

/** Costs in US dollars as JSON, likewise. */
export function costText(usage: unknown, details: unknown): string | undefined {
  const costs = new Map<string, unknown>();
  for (const [name, value] of Object.entries(isJsonObject(details) ? details : {})) {
    if (isAmount(value)) costs.set(name, value);
  }
  return toJson(new Map([...readNamed(usage, LEGACY_COSTS), ...costs]));
}

/** What the older `usage` counts where that is not tokens. */
export function usageUnit(usage: unknown): string | undefined {
  const unit = isJsonObject(usage) ? usage.unit : undefined;
  return typeof unit === 'string' && unit !== '' && unit !== 'TOKENS' ? unit : undefined;
}

/** Whole numbers that are not negative, also as text; the rest is left out, as Langfuse does. */
function toCounts(value: unknown, nesting: number): Map<string, unknown> {
  const counts = new Map<string, unknown>();
  for (const [name, count] of Object.entries(isJsonObject(value) ? value : {})) {
    if (isAmount(count) && Number.isInteger(count)) counts.set(name, count);
    else if (typeof count === 'string' && /^\d{1,15}$/.test(count)) counts.set(name, Number(count));
    else if (isJsonObject(count) && nesting < MAX_NESTING) {
      const nested = toCounts(count, nesting + 1);
      if (nested.size > 0) counts.set(name, Object.fromEntries(nested));
    }
  }
  return counts;
}

function readNamed(value: unknown, names: readonly (readonly [string, string])[]): Map<string, unknown> {
  const amounts = new Map<string, unknown>();
  if (!isJsonObject(value)) return amounts;
  for (const [name, kind] of names) {
    const amount = value[name];
    if (isAmount(amount) && !amounts.has(kind)) amounts.set(kind, amount);
  }
  return amounts;
}

function isAmount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

function toJson(amounts: ReadonlyMap<string, unknown>): string | undefined {
  const object: Amounts = Object.fromEntries(amounts);
  return amounts.size === 0 ? undefined : JSON.stringify(object);
}
