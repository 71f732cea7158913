import type { Dialect } from './dialect.js';
import { type BoundRule, bindRules, firstText, isPresent, presence } from './engine.js';
import { dropIndexed } from './indexed-attributes.js';
import { ORDER } from './order.js';
import type { SpanSource } from './source.js';

export interface InputOutput {
  readonly input: string | undefined;
  readonly output: string | undefined;
}

const owns = (dialect: Dialect): boolean => dialect.ownsBothSides === true;
const isForeign = (dialect: Dialect): boolean => !owns(dialect);

const OWN = sidesOf(owns);
const FOREIGN = sidesOf(isForeign);

function sidesOf(isIncluded: (dialect: Dialect) => boolean): Record<keyof InputOutput, readonly BoundRule<string>[]> {
  return {
    input: bindRules(ORDER.input.filter(isIncluded), (dialect) => dialect.input),
    output: bindRules(ORDER.output.filter(isIncluded), (dialect) => dialect.output),
  };
}

interface Repeats {
  readonly dialectBit: number;
  readonly prefix: string;
}

const REPEATED_INPUT = repeatsOf((dialect) => dialect.repeatedInput);
const REPEATED_OUTPUT = repeatsOf((dialect) => dialect.repeatedOutput);

function repeatsOf(prefixesOf: (dialect: Dialect) => readonly string[] | undefined): readonly Repeats[] {
  return ORDER.input.flatMap((dialect) =>
    (prefixesOf(dialect) ?? []).map((prefix) => ({ dialectBit: presence(dialect), prefix })),
  );
}

/**
 * What went into a span's work and what came out, as text. Where a dialect that owns both sides gives either, nothing
 * else is consulted: the other side was left out on purpose.
 */
export function inputOutput(source: SpanSource): InputOutput {
  const own = sides(OWN, source);
  const found = own.input === undefined && own.output === undefined ? sides(FOREIGN, source) : own;
  if (found.input !== undefined) dropRepeated(REPEATED_INPUT, source);
  if (found.output !== undefined) dropRepeated(REPEATED_OUTPUT, source);
  return found;
}

function sides(rules: typeof OWN, source: SpanSource): InputOutput {
  return { input: firstText(rules.input, source), output: firstText(rules.output, source) };
}

/** The same content once more, taken apart, from senders that also give it whole. */
function dropRepeated(repeats: readonly Repeats[], source: SpanSource): void {
  for (const { dialectBit, prefix } of repeats) {
    if (isPresent(dialectBit, source)) dropIndexed(source.attributes, prefix);
  }
}
