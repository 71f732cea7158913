import { writeSync } from 'node:fs';

/** Takes one line, without its end. */
export type Log = (line: string) => void;

const STANDARD_ERROR = 2;

/**
 * Writes a line to standard error at once. Not by `console`: a worker's console goes through the application's
 * thread, and shows nothing while that waits in its exit handler.
 */
export const writeLog: Log = (line) => {
  try {
    writeSync(STANDARD_ERROR, `slipstream: ${line}\n`);
  } catch {
    // Standard error is closed or full: there is nobody to tell, and tracing must not fail for it.
  }
};
