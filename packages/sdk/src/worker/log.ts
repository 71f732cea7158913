import { writeLine } from '../runtime.js';

/** Takes one line, without its end. */
export type Log = (line: string) => void;

/** To standard error. */
export const writeLog: Log = writeLine;
