/** Where a command's output goes: the result, and what is said meanwhile. */
export interface LabOutput {
  readonly result: (text: string) => void;
  readonly talk: (text: string) => void;
  /** A line of talk that the next one replaces, and an empty one removes; absent where there is no terminal. */
  readonly draw?: ((line: string) => void) | undefined;
}

/** What a terminal stream has of itself. */
export interface TerminalStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const DEFAULT_COLUMNS = 80;
const CLEAR_LINE = '\r\u001b[2K';

/** Draws on a terminal: a line that the next one replaces. Undefined where it is a file or a pipe. */
export function createDraw(stream: TerminalStream): ((line: string) => void) | undefined {
  if (stream.isTTY !== true) return undefined;
  return (line) => {
    // A line that wraps could not be removed.
    const room = (stream.columns ?? DEFAULT_COLUMNS) - 1;
    stream.write(`${CLEAR_LINE}${line.slice(0, room)}`);
  };
}
