/** One line when a fault begins, with why, and one when it is over. */
export function faultLog(log: (line: string) => void, what: string): (reason: string | undefined) => void {
  return (reason) => {
    log(`slipstream collector: ${reason === undefined ? `over: ${what}` : `${what}: ${reason}`}`);
  };
}
