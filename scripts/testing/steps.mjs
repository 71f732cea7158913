const HEARTBEAT_MS = 60_000;

/**
 * Runs steps and says one line about each: whether it went well, its name, and its time. A long one gives a sign of
 * life in between, because some machines end what is silent. A failed one shows its output.
 *
 * @param {{ write(text: string): unknown }} out
 */
export function createSteps(out) {
  const failed = [];
  const line = (word, name, note) => out.write(`${word.padEnd(7)} ${name.padEnd(14)} ${note}\n`);
  return {
    /** Names of the steps that failed. */
    failed,
    /** A line about a part of the running step. */
    part: (name, ms) => line('', `  ${name}`, seconds(ms)),
    /**
     * @param {string} name
     * @param {() => Promise<{ code: number, output: string, skipped?: string }>} work
     * @returns {Promise<boolean>} whether it went well
     */
    async run(name, work) {
      const begun = performance.now();
      const elapsed = () => seconds(performance.now() - begun);
      const heartbeat = setInterval(() => line('...', name, elapsed()), HEARTBEAT_MS);
      const result = await work().finally(() => clearInterval(heartbeat));
      if (result.code === 0) {
        line('ok', name, result.skipped === undefined ? elapsed() : `${elapsed()} (${result.skipped})`);
        return true;
      }
      failed.push(name);
      line('FAILED', name, elapsed());
      out.write(`${result.output.trimEnd()}\n`);
      return false;
    },
  };
}

function seconds(ms) {
  return `${(ms / 1000).toFixed(1)} s`;
}
