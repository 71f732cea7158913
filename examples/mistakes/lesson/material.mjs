/** How many pages of lesson material an answer rests on. */
export const PAGES = 8;
const PAGE_CHARACTERS = 16_000;
const SENTENCE = 'The child listens to the word, says it slowly, and then uses it in a short sentence of its own. ';

/**
 * A page of lesson material, as a search gives it: 16 KB.
 *
 * @param {{ query: string, page: number }} wanted
 */
export async function fetchPage({ query, page }) {
  const head = `Page ${page} for ${query}. `;
  return head + SENTENCE.repeat(Math.ceil(PAGE_CHARACTERS / SENTENCE.length)).slice(head.length, PAGE_CHARACTERS);
}

/**
 * Asks the model with every page in the prompt.
 *
 * @param {string} prompt
 */
export async function answerFrom(prompt) {
  return `Here is what the lesson says. (${prompt.length} characters read)`;
}
