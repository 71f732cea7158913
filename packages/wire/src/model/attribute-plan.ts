/** What the one pass over a span's attributes looks for: which dialects are there, and which families of keys. */
export interface AttributePlan {
  /** By the code of a key's first character. */
  readonly byFirstCharacter: readonly (readonly PrefixPlan[] | undefined)[];
}

export interface PrefixPlan {
  readonly prefix: string;
  /** One bit for each dialect that has this prefix. */
  readonly dialectBits: number;
  /** Longer prefixes below which a rule wants all keys. */
  readonly families: readonly FamilyPlan[];
}

export interface FamilyPlan {
  readonly prefix: string;
  /** Code of the character that follows the shorter prefix, which tells most keys apart without comparing texts. */
  readonly nextCharacter: number;
}

/** One dialect's part of the plan. */
export interface PlannedDialect {
  readonly prefixes: readonly string[];
  readonly families: readonly string[];
  readonly bit: number;
}

/** Joins the prefixes of all dialects into one plan. Each family goes to the prefix that it begins with. */
export function attributePlan(dialects: readonly PlannedDialect[]): AttributePlan {
  const bits = new Map<string, number>();
  for (const { prefixes, bit } of dialects) {
    for (const prefix of prefixes) bits.set(prefix, (bits.get(prefix) ?? 0) | bit);
  }
  const families = [...new Set(dialects.flatMap((dialect) => dialect.families))];
  const byFirstCharacter: PrefixPlan[][] = [];
  for (const [prefix, dialectBits] of bits) {
    const first = prefix.charCodeAt(0);
    const longer = families.filter((family) => family.startsWith(prefix) && family.length > prefix.length);
    const plan = {
      prefix,
      dialectBits,
      families: longer.map((family) => ({ prefix: family, nextCharacter: family.charCodeAt(prefix.length) })),
    };
    byFirstCharacter[first] = [...(byFirstCharacter[first] ?? []), plan];
  }
  // Holes would make every look-up slow.
  return { byFirstCharacter: Array.from(byFirstCharacter, (plans) => plans) };
}
