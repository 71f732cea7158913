/**
 * Makes text from elsewhere (service names, say) safe to print: no control characters, which would move the cursor or
 * worse, no invisible direction marks, and no more than `maxChars`.
 */
export function plainText(text: string, maxChars: number): string {
  const visible = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, '\u{fffd}');
  const characters = [...visible];
  return characters.length <= maxChars ? visible : `${characters.slice(0, maxChars - 1).join('')}…`;
}
