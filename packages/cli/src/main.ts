/** The composition root of the command. */
import { readFileSync } from 'node:fs';
import { collectorAddress, readEnvironment, wantsColour } from './config.js';
import { CliError, reasonOf } from './errors.js';
import { EXIT_CODE } from './exit-codes.js';
import { runProgram } from './program.js';
import { createPaint } from './terminal/colour.js';
import type { Terminal } from './terminal/terminal.js';

/** A handle that somebody forgot must not keep a command alive that has said its last word. */
const LINGER_MS = 2000;

function createTerminal(): Terminal {
  const isTerminal = process.stdout.isTTY === true;
  return {
    data: (text) => {
      process.stdout.write(text);
    },
    talk: (line) => {
      process.stderr.write(`${line}\n`);
    },
    paint: createPaint(wantsColour(readEnvironment(), isTerminal)),
  };
}

function readVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  if (typeof manifest !== 'object' || manifest === null || !('version' in manifest)) return 'unknown';
  return String(manifest.version);
}

async function run(terminal: Terminal): Promise<number> {
  const env = readEnvironment();
  try {
    // Each command is loaded when it runs.
    return await runProgram(
      process.argv.slice(2),
      readVersion(),
      {
        up: async (flags) => (await import('./commands/up.js')).runUp(flags, env, terminal),
        dev: async (words, flags) => (await import('./commands/dev.js')).runDev(words, flags, env, terminal),
        status: async ({ json, waitMs, ...flags }) => {
          const { showStatus } = await import('./commands/status.js');
          return showStatus({ address: collectorAddress(flags, env), json, waitMs }, terminal);
        },
      },
      { out: (text) => process.stdout.write(text), err: (text) => process.stderr.write(text) },
    );
  } catch (error) {
    if (error instanceof CliError) {
      terminal.talk(`slipstream: ${error.message}`);
      return error.exitCode;
    }
    terminal.talk(`slipstream: ${error instanceof Error ? (error.stack ?? error.message) : reasonOf(error)}`);
    return EXIT_CODE.internal;
  }
}

process.exitCode = await run(createTerminal());
setTimeout(() => process.exit(), LINGER_MS).unref();
