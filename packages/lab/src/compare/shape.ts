/** What a value is checked by: the problems that it has, each beginning with where. */
export type Check = (value: unknown, at: string) => string[];

/** How many problems are told: the first few say what kind of file it is. */
const TOLD_PROBLEMS = 5;
const MAX_TEXT_CHARS = 20_000;

/** A text, no longer than any that a report has. */
export const text: Check = (value, at) => {
  if (typeof value !== 'string') return [`${at} is no text`];
  return value.length > MAX_TEXT_CHARS ? [`${at} is longer than ${MAX_TEXT_CHARS} characters`] : [];
};

/** A number that is one: JSON has no others, but may have a string or nothing in its place. */
export const number: Check = (value, at) =>
  typeof value === 'number' && Number.isFinite(value) ? [] : [`${at} is no number`];

/** One of a few texts. */
export function oneOf(...allowed: readonly string[]): Check {
  return (value, at) =>
    typeof value === 'string' && allowed.includes(value) ? [] : [`${at} is none of ${allowed.join(', ')}`];
}

/** What may be left out. */
export function optional(check: Check): Check {
  return (value, at) => (value === undefined ? [] : check(value, at));
}

/** An object with at least these fields. */
export function object(fields: Readonly<Record<string, Check>>): Check {
  return (value, at) => {
    if (!isRecord(value)) return [`${at} is no object`];
    return Object.entries(fields).flatMap(([name, check]) =>
      check(Object.hasOwn(value, name) ? value[name] : undefined, `${at}.${name}`),
    );
  };
}

/** An object whose fields are all of one kind. */
export function recordOf(check: Check, maxFields = 1_000): Check {
  return (value, at) => {
    if (!isRecord(value)) return [`${at} is no object`];
    const entries = Object.entries(value);
    if (entries.length > maxFields) return [`${at} has more than ${maxFields} fields`];
    return entries.flatMap(([name, one]) => check(one, `${at}.${name}`));
  };
}

/** A list whose elements are all of one kind. Stops at the first few that are not: a wrong file has thousands. */
export function listOf(check: Check, maxLength: number): Check {
  return (value, at) => {
    if (!Array.isArray(value)) return [`${at} is no list`];
    if (value.length > maxLength) return [`${at} has more than ${maxLength} elements`];
    const problems: string[] = [];
    for (const [index, one] of value.entries()) {
      problems.push(...check(one, `${at}[${index}]`));
      if (problems.length >= TOLD_PROBLEMS) break;
    }
    return problems;
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
