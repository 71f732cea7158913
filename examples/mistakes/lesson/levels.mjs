/**
 * Thirty small functions through which each message goes, one inside the other, as they grow in a service over the
 * years. None of them says anything that a reader of a trace wants to know.
 *
 * @type {readonly (readonly [string, (text: string) => string])[]}
 */
export const LEVELS = [
  ['payload.read', (text) => text],
  ['payload.check_version', (text) => text],
  ['payload.normalize', (text) => text.normalize('NFC')],
  ['session.enter', (text) => text],
  ['session.check_quota', (text) => text],
  ['text.trim', (text) => text.trim()],
  ['text.collapse_spaces', (text) => text.replaceAll('  ', ' ')],
  ['text.unify_quotes', (text) => text.replaceAll('“', '"').replaceAll('”', '"')],
  ['text.unify_dashes', (text) => text.replaceAll('–', '-')],
  ['text.drop_control', (text) => text.replaceAll('\u0000', '')],
  ['text.cut', (text) => text.slice(0, 2_000)],
  ['text.finish', (text) => text],
  ['language.detect', (text) => text],
  ['language.route', (text) => text],
  ['language.fold_case', (text) => text.toLowerCase()],
  ['filter.names', (text) => text],
  ['filter.numbers', (text) => text],
  ['filter.links', (text) => text],
  ['filter.finish', (text) => text],
  ['lesson.enter', (text) => text],
  ['lesson.check_open', (text) => text],
  ['lesson.find_step', (text) => text],
  ['lesson.find_word', (text) => text],
  ['lesson.find_rules', (text) => text],
  ['phonemes.enter', (text) => text],
  ['phonemes.find_table', (text) => text],
  ['phonemes.find_rules', (text) => text],
  ['phonemes.prepare', (text) => text],
  ['phonemes.compare', (text) => text],
  ['phonemes.decide', (text) => text],
];

/**
 * Puts the levels around a function, outermost first.
 *
 * @template Result
 * @param {(text: string, target: string) => Promise<Result>} innermost
 * @param {(name: string, level: (text: string, target: string) => Promise<Result>) => typeof innermost} wrap what is
 *   done with each level: traced, or left alone
 * @returns {(text: string, target: string) => Promise<Result>}
 */
export function nestLevels(innermost, wrap) {
  return LEVELS.reduceRight(
    (next, [name, step]) => wrap(name, async (text, target) => next(step(text), target)),
    innermost,
  );
}
