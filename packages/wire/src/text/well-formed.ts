const LONE_SURROGATE = /\p{Surrogate}/gu;

/** The text with each lone surrogate replaced by U+FFFD, as UTF-8 encoders do. */
export function toWellFormed(text: string): string {
  return text.replace(LONE_SURROGATE, '\ufffd');
}
