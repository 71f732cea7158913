/** Tags that begin a part of their own; `{@link}` stands inside a sentence. */
const TAG = /(?:^|\s)@(default|throws|internal|example|param|returns|remarks|deprecated|see)\b/;
const ENDS_SENTENCE = /(?<!\be\.g|\bi\.e|\bvs)[.!?](?=\s+["'`({A-Z])/;

/**
 * @typedef {object} Doc A TSDoc comment, each part on one line.
 * @property {string} summary the first sentence
 * @property {string | undefined} byDefault
 * @property {string | undefined} throws
 * @property {boolean} isInternal
 * @property {boolean} isElsewhere `@see`: what is documented is another library's, and that says it
 * @property {boolean} isEmpty
 */

/**
 * The TSDoc comment right before a place in the text; other comments may stand between. One with an empty line after it
 * is about the file.
 *
 * @param {import('./modules.mjs').Module} module
 * @param {number} start
 * @returns {Doc | undefined}
 */
export function docBefore({ text, comments }, start) {
  let end = start;
  for (const comment of comments.filter((one) => one.end <= start).reverse()) {
    if (!/^[^\S\n]*\n?[^\S\n]*$/.test(text.slice(comment.end, end))) return undefined;
    if (comment.type === 'Block' && comment.value.startsWith('*')) return readDoc(comment.value.slice(1));
    end = comment.start;
  }
  return undefined;
}

function readDoc(body) {
  const lines = body.split('\n').map((line) => line.replace(/^\s*\*? ?/, ''));
  const [description, ...parts] = lines.join('\n').split(TAG);
  const tags = new Map();
  for (let at = 0; at < parts.length; at += 2) if (!tags.has(parts[at])) tags.set(parts[at], oneLine(parts[at + 1]));
  const summary = firstSentence(oneLine(description));
  return {
    summary,
    byDefault: tags.get('default'),
    throws: tags.get('throws'),
    isInternal: tags.has('internal'),
    isElsewhere: tags.has('see'),
    isEmpty: summary === '' && tags.size === 0,
  };
}

function oneLine(text) {
  return text
    .replace(/\{@link\s+([^}|]+)[^}]*\}/g, '`$1`')
    .replace(/\s+/g, ' ')
    .trim();
}

function firstSentence(text) {
  const end = text.search(ENDS_SENTENCE);
  return end === -1 ? text : text.slice(0, end + 1);
}
