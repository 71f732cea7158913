import { oneLine, showControls } from '../../model/safe-text.js';

/** One line of a trace's text, cut where it grows beyond reason; the style sheet cuts it to its place. */
export function PlainText({ text, limit = 300 }: { text: string; limit?: number }) {
  return <bdi>{oneLine(text, limit)}</bdi>;
}

/** Text of a trace with its line breaks. */
export function PlainBlock({ text }: { text: string }) {
  return <bdi>{showControls(text)}</bdi>;
}
