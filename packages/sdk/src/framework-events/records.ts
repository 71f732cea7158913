/** Reading what frameworks pass: its shapes vary by version and provider, so nothing is taken for granted. */
export type Fields = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The fields of an object; none of anything else. */
export function fieldsOf(value: unknown): Fields {
  return isRecord(value) ? value : {};
}

/** The first that is a text with something in it. */
export function firstText(...candidates: unknown[]): string | undefined {
  for (const candidate of candidates) if (typeof candidate === 'string' && candidate !== '') return candidate;
  return undefined;
}

export function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}

/** A count of tokens. */
export function countOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;
}

/** Options are taken over once: what the caller does to the object later has no effect, and its getters throw here. */
export function copyOptions<Options extends object>(options: unknown): Partial<Options> {
  try {
    return isRecord(options) ? ({ ...options } as Partial<Options>) : {};
  } catch {
    return {};
  }
}

/** Nothing that a framework's values do when they are read may reach the framework: then nothing is recorded. */
export function attempt<Result>(record: () => Result): Result | undefined {
  try {
    return record();
  } catch {
    return undefined;
  }
}
