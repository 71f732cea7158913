import type { Paint } from './colour.js';

/** Where commands write: what they were asked for to stdout, everything that is only talk to stderr. */
export interface Terminal {
  /** Data, as it is: text from elsewhere MUST have gone through `plain-text.ts`. */
  data(text: string): void;
  /** Talk, of one line or more; made safe here. */
  talk(text: string): void;
  /** A line of talk that the next one replaces; `''` removes it. Does nothing where stderr is no terminal. */
  progress(line: string): void;
  /** Colours for {@link data}. */
  readonly paint: Paint;
  /** How wide lines of data may be; `undefined` in a file or a pipe, which has no width. */
  readonly columns: number | undefined;
  /** Whether data goes to a screen, and not to a file or a program. */
  readonly isScreen: boolean;
}
