/** Characters (UTF-16 units) that testkit counts as one token, in any language. */
export const CHARACTERS_PER_TOKEN = 4;

/** About what a tokenizer would count; exact for texts that testkit makes itself. */
export function estimateTokenCount(text: string): number {
  return Math.ceil(text.length / CHARACTERS_PER_TOKEN);
}
