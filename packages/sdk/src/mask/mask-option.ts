import { fullAtOnce } from '../full/load.js';
import { builtin } from '../runtime.js';
import type { MaskSettings } from '../worker/protocol.js';
import { MASK_RULES, type MaskPattern, type MaskRuleName, type MaskRules } from './mask-rules.js';

const NAMES = ['rules', 'keys', 'patterns', 'module'];

/** Says what is wrong with the option `mask`, or `undefined`. */
export function maskProblem(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? 'must name rules or a module' : undefined;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return 'must be an object of rules, or the path of a module';
  }
  const { rules, keys, patterns, module } = value as Record<string, unknown>;
  const unknown = Object.keys(value).find((name) => !NAMES.includes(name));
  if (unknown !== undefined) return `has no "${unknown}" (known: ${NAMES.join(', ')})`;
  return (
    listProblem('rules', rules, (rule) => (isRule(rule) ? undefined : `must be of ${MASK_RULES.join(', ')}`)) ??
    listProblem('keys', keys, (key) => (isKey(key) ? undefined : 'must be names with a letter or digit')) ??
    listProblem('patterns', patterns, ownPatternProblem) ??
    (module === undefined ? undefined : moduleProblem(module))
  );
}

/** The option as plain data; `undefined` where nothing is masked. Only for what {@link maskProblem} has nothing against. */
export function maskSettings(value: string | MaskRules | undefined): MaskSettings | undefined {
  if (value === undefined) return undefined;
  const { rules = MASK_RULES, keys = [], patterns = [], module } = typeof value === 'string' ? readText(value) : value;
  return {
    rules: [...rules],
    keys: [...keys],
    patterns: patterns.map(({ name, pattern, replacement }) => {
      return { name, source: pattern.source, flags: pattern.flags, replacement };
    }),
    moduleUrl: module === undefined ? undefined : addressOf(module),
  };
}

/**
 * Names of rules divided by commas, or the path of a module alone. What is neither is taken for a path: then the
 * module is missing and nothing is sent unmasked, as it would be if the text counted as a mistake.
 */
function readText(text: string): MaskRules {
  const parts = text.split(',').map((part) => part.trim());
  return parts.every(isRule) ? { rules: parts } : { rules: [], module: text };
}

function isRule(value: unknown): value is MaskRuleName {
  return MASK_RULES.includes(value as MaskRuleName);
}

function isKey(value: unknown): boolean {
  return typeof value === 'string' && /[\p{L}\p{N}]/u.test(value);
}

function listProblem(
  name: string,
  list: unknown,
  problemOf: (item: unknown) => string | undefined,
): string | undefined {
  if (list === undefined) return undefined;
  if (!Array.isArray(list)) return `${name} must be a list`;
  const problem = list.map(problemOf).find((found) => found !== undefined);
  return problem === undefined ? undefined : `${name} ${problem}`;
}

function ownPatternProblem(item: unknown): string | undefined {
  const { name, pattern, replacement } = (item ?? {}) as Partial<Record<keyof MaskPattern, unknown>>;
  if (typeof name !== 'string' || !/^[\w-]{1,64}$/.test(name)) return 'need a name of letters, digits, - and _';
  // Not instanceof: the expression may come from another realm, as in Jest.
  if (Object.prototype.toString.call(pattern) !== '[object RegExp]') return `"${name}" needs a regular expression`;
  if (replacement !== undefined && typeof replacement !== 'string') return `"${name}" needs a text as its replacement`;
  // Where that cannot be had at once, the worker checks it and sends nothing that the pattern should have masked.
  const problem = fullAtOnce()?.patternProblem(pattern as RegExp);
  return problem === undefined ? undefined : `"${name}" ${problem}`;
}

function moduleProblem(module: unknown): string | undefined {
  if (typeof module !== 'string' || module === '') return 'module must be a path';
  const isOtherAddress = /^[a-z][a-z\d+.-]+:/i.test(module) && !/^file:/i.test(module);
  return isOtherAddress ? 'module must be a path or a file: address' : undefined;
}

/** Paths begin at the working directory, which the worker has no say in. */
function addressOf(module: string): string {
  if (/^file:/i.test(module)) return module;
  return builtin('node:url')?.pathToFileURL(module).href ?? module;
}
