import { useState } from 'react';
import { formatLength } from '../../model/format.js';
import { cutText } from '../../model/safe-text.js';
import { PlainBlock } from '../parts/plain-text.js';

/** About two screens; more is there on a press. */
const FIRST_CHARACTERS = 4_000;
/** The browser lays out this much text in a few frames; a megabyte at once would freeze it. */
const MORE_CHARACTERS = 100_000;

interface LongTextProps {
  readonly text: string;
  readonly first?: number;
}

/** A text of any length, of which as much is in the page as was asked for. */
export function LongText({ text, first = FIRST_CHARACTERS }: LongTextProps) {
  const [limit, setLimit] = useState(first);
  const shown = cutText(text, limit);
  const hidden = text.length - shown.length;
  return (
    <span className="long-text">
      <PlainBlock text={shown} />
      {hidden > 0 ? (
        <button type="button" className="text-button" onClick={() => setLimit(limit + MORE_CHARACTERS)}>
          show more ({formatLength(hidden)})
        </button>
      ) : null}
    </span>
  );
}
