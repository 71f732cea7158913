/** The composition root of the command. */
import { readFileSync } from 'node:fs';
import { createActions } from './actions.js';
import { readEnvironment, wantedColumns, wantsColour } from './config.js';
import { CliError, reasonOf } from './errors.js';
import { EXIT_CODE } from './exit-codes.js';
import { runProgram } from './program.js';
import { readEffectiveSettings } from './settings/effective.js';
import { createProcessTerminal, endQuietlyWithoutReader, outputTaken } from './terminal/process-terminal.js';
import type { Terminal } from './terminal/terminal.js';

/** A handle that somebody forgot must not keep a command alive that has said its last word. */
const LINGER_MS = 2000;

function createTerminal(): Terminal {
  const env = readEnvironment();
  return createProcessTerminal({
    isPainted: wantsColour(env, process.stdout.isTTY === true),
    columns: wantedColumns(env),
  });
}

function readVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  if (typeof manifest !== 'object' || manifest === null || !('version' in manifest)) return 'unknown';
  return String(manifest.version);
}

async function run(terminal: Terminal): Promise<number> {
  const settings = () => readEffectiveSettings(readEnvironment(), process.cwd());
  try {
    return await runProgram(process.argv.slice(2), readVersion(), createActions({ terminal, settings }), {
      out: (text) => process.stdout.write(text),
      err: (text) => process.stderr.write(text),
    });
  } catch (error) {
    if (error instanceof CliError) {
      terminal.talk(`slipstream: ${error.message}`);
      return error.exitCode;
    }
    terminal.talk(`slipstream: ${error instanceof Error ? (error.stack ?? error.message) : reasonOf(error)}`);
    return EXIT_CODE.internal;
  }
}

endQuietlyWithoutReader();
process.exitCode = await run(createTerminal());
await outputTaken();
setTimeout(() => process.exit(), LINGER_MS).unref();
