import { collectorAddress, type Environment } from './config.js';
import type { Actions } from './program/flags.js';
import type { EffectiveSettings } from './settings/effective.js';
import type { Terminal } from './terminal/terminal.js';

/** What the commands work on. */
export interface Surroundings {
  readonly terminal: Terminal;
  /** Reads the files of the working directory, which may run code: only when a command runs, never for help. */
  readonly settings: () => Promise<EffectiveSettings>;
}

/** The commands, each loaded when it runs. */
export function createActions({ terminal, settings }: Surroundings): Actions {
  const environment = async (): Promise<Environment> => (await settings()).environment;
  const address = async (flags: { readonly url?: string; readonly token?: string }) =>
    collectorAddress(flags, await environment());
  return {
    up: async (flags) => (await import('./commands/up.js')).runUp(flags, await environment(), terminal),
    dev: async (words, flags) =>
      (await import('./commands/dev.js')).runDev(words, flags, await environment(), terminal),
    status: async (flags) => {
      const { showStatus } = await import('./commands/status.js');
      return showStatus({ address: await address(flags), json: flags.json, waitMs: flags.waitMs }, terminal);
    },
    traces: async (flags) => (await import('./commands/traces.js')).showTraces(await address(flags), flags, terminal),
    trace: async (id, flags) =>
      (await import('./commands/trace.js')).showTrace(await address(flags), id, flags, terminal),
    tail: async (flags) => (await import('./commands/tail.js')).tailTraces(await address(flags), flags, terminal),
    query: async (sql, flags) => {
      const { runQuery } = await import('./commands/query.js');
      return runQuery(await address(flags), sql, flags, { terminal, input: process.stdin });
    },
    exportTo: async (file, flags) => {
      const { exportRows } = await import('./commands/export.js');
      return exportRows(await address(flags), file, flags, { terminal, output: process.stdout });
    },
    importFrom: async (file, flags) => {
      const { importRows } = await import('./commands/import.js');
      return importRows(await address(flags), file, flags, { terminal, input: process.stdin });
    },
    env: async (flags) => {
      const { showCollectorEnv, showLocalEnv } = await import('./commands/env.js');
      if (flags.local) return showLocalEnv(await settings(), flags, terminal);
      return showCollectorEnv(await address(flags), flags, terminal);
    },
    deadLetters: async (flags) =>
      (await import('./commands/dead-letters.js')).showDeadLetters(await address(flags), flags, terminal),
    replay: async (destination, flags) =>
      (await import('./commands/dead-letters.js')).replayDeadLetters(
        await address(flags),
        destination,
        flags,
        terminal,
      ),
    lab: async (args) => (await import('./commands/lab.js')).runLab(args, terminal, process.stderr.isTTY === true),
  };
}
