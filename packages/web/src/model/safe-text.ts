/**
 * Text from traces is untrusted. React never makes markup of it; what is left are characters that change how the
 * text around them looks: controls, and the marks that reverse the direction of writing. They are shown, not obeyed.
 */

/** C0 and C1 controls but tab and newline, bidirectional marks, line and paragraph separators, lone surrogates. */
const UNSAFE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is the purpose.
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

const CONTROL_PICTURES = 0x2400;

/** The text with every unsafe character replaced by a visible stand-in. */
export function showControls(text: string): string {
  return text.replace(UNSAFE, (found) => {
    const code = found.charCodeAt(0);
    if (code < 0x20) return String.fromCharCode(CONTROL_PICTURES + code);
    return `\\u${code.toString(16).padStart(4, '0')}`;
  });
}

/** The same on one line, cut at `limit` characters. */
export function oneLine(text: string, limit: number): string {
  const head = text.length > limit ? `${cutText(text, limit)}…` : text;
  return showControls(head.replace(/[\s\u2028\u2029]+/g, ' ').trim());
}

/** At most `limit` UTF-16 code units, never half of a character. */
export function cutText(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const last = text.charCodeAt(limit - 1);
  const isHighSurrogate = last >= 0xd800 && last <= 0xdbff;
  return text.slice(0, isHighSurrogate ? limit - 1 : limit);
}
