/** A side's tokens: its whole, and those of its parts that the framework tells. */
export interface SideUsage {
  readonly whole: number | undefined;
  /** By our name, such as `input_cached_tokens`. */
  readonly parts: Readonly<Record<string, number | undefined>>;
}

/** Tokens by kind, each in exactly one of them; `undefined` where nothing was used. */
export function disjointUsage(
  input: SideUsage,
  output: SideUsage,
  total: number | undefined,
): Record<string, number> | undefined {
  const details: Record<string, number> = {};
  placeSide(details, 'input', input);
  placeSide(details, 'output', output);
  if (total !== undefined) details.total = total;
  return Object.values(details).some((count) => count > 0) ? details : undefined;
}

/** Sets the parts, and as the side itself what is left of the whole. */
function placeSide(details: Record<string, number>, side: 'input' | 'output', { whole, parts }: SideUsage): void {
  let inParts = 0;
  for (const [name, count] of Object.entries(parts)) {
    if (count === undefined || count === 0) continue;
    details[name] = count;
    inParts += count;
  }
  // Parts larger than their whole cannot be inside it: the provider counts them beside it.
  if (whole !== undefined) details[side] = inParts <= whole ? whole - inParts : whole;
}
