import type { Log, LogFields } from './logging/log.js';

/** One line when a fault begins and one when it ends. */
export function faultLog(log: Log, what: string, fields: LogFields = {}): (reason: string | undefined) => void {
  return (reason) => {
    if (reason === undefined) log.info(`over: ${what}`, fields);
    else log.warn(`${what}: ${reason}`, fields);
  };
}
