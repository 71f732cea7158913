export interface TokenCounts {
  readonly input: number;
  readonly output: number;
  readonly total: number;
}

/**
 * Tokens in, out and in all, of usage by kind. Senders disagree on whether kinds such as `input_cached_tokens` are part
 * of `input` (OpenAI) or stand beside it (Langfuse). Where the sender gave a total, it decides: if `input` and `output`
 * alone make it up, the other kinds are parts of them; else each kind counts on its own.
 */
export function countTokens(usage: ReadonlyMap<string, number>): TokenCounts {
  if (usage.size === 0) return { input: 0, output: 0, total: 0 };
  const input = usage.get('input') ?? 0;
  const output = usage.get('output') ?? 0;
  const total = usage.get('total');
  if (total !== undefined && input + output === total) return { input, output, total };
  const inputs = sumOfPrefix(usage, 'input');
  const outputs = sumOfPrefix(usage, 'output');
  return { input: inputs, output: outputs, total: total ?? inputs + outputs };
}

function sumOfPrefix(usage: ReadonlyMap<string, number>, prefix: string): number {
  let sum = 0;
  for (const [kind, value] of usage) if (kind.startsWith(prefix) && Number.isFinite(value)) sum += value;
  return sum;
}
