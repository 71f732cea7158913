import type { Paint } from './colour.js';

/** Where commands write: what they were asked for to stdout, everything that is only talk to stderr. */
export interface Terminal {
  data(text: string): void;
  /** One line of talk. */
  talk(line: string): void;
  /** Colours for {@link data}. */
  readonly paint: Paint;
}
