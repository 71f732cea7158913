import type { Score } from '@slipstream/query-api';

/** Scores by the observation that they judge; those of the trace itself stand under `''`. */
export function scoresBySpan(scores: readonly Score[]): ReadonlyMap<string, readonly Score[]> {
  const groups = new Map<string, Score[]>();
  for (const score of scores) {
    const group = groups.get(score.spanId);
    if (group === undefined) groups.set(score.spanId, [score]);
    else group.push(score);
  }
  return groups;
}

const MAX_DIGITS = 4;

/** `0.75`, `yes`, `no`, or the text of a category. */
export function formatScore({ dataType, value, text }: Pick<Score, 'dataType' | 'value' | 'text'>): string {
  if (value === null) return text ?? '';
  if (dataType === 'BOOLEAN') return value === 0 ? 'no' : 'yes';
  return value.toLocaleString('en-US', { maximumFractionDigits: MAX_DIGITS });
}
