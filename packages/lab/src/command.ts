import { LAB_USAGE, parseLabArguments } from './arguments.js';
import { runCompareCommand } from './compare/command.js';
import { LabArgumentError } from './errors.js';
import { runHandlerCommand } from './handler/command.js';
import type { LabOutput } from './output.js';
import { labPlaces } from './places.js';
import { renderText } from './report/report.js';
import { runLab } from './runner/run.js';

/** As a shell has it for what Ctrl-C ended. */
const INTERRUPTED = 130;

/**
 * The lab as a command: reads the arguments, runs, prints.
 *
 * @returns the exit code: 0 done, 1 the lab failed, 2 wrong arguments, 130 stopped before its end
 */
export async function runLabCommand(args: readonly string[], output: LabOutput): Promise<number> {
  const interruption = listenForInterruption(output);
  try {
    if (args[0] === 'compare') return await runCompareCommand(args.slice(1), output);
    if (args[0] === 'run') return await runHandlerCommand(args.slice(1), output, interruption.signal);
    return await runMatrixCommand(args, output, interruption.signal);
  } catch (error) {
    output.draw?.('');
    if (interruption.signal.aborted) {
      output.talk('lab: stopped before there was anything to report\n');
      return INTERRUPTED;
    }
    output.talk(`lab: ${error instanceof Error ? error.message : String(error)}\n`);
    return error instanceof LabArgumentError ? 2 : 1;
  } finally {
    interruption.stop();
  }
}

async function runMatrixCommand(args: readonly string[], output: LabOutput, signal: AbortSignal): Promise<number> {
  const options = parseLabArguments(args);
  if (options === 'help') {
    output.result(LAB_USAGE);
    return 0;
  }
  const say = (line: string): void => output.talk(`lab: ${line}\n`);
  const surroundings = { places: labPlaces(), command: ['lab', ...args].join(' '), say, draw: output.draw, signal };
  const { report, isInterrupted, jsonPath, markdownPath, htmlPath } = await runLab(options, surroundings);
  output.result(options.json ? `${JSON.stringify(report, undefined, 1)}\n` : renderText(report));
  say(`written: ${jsonPath}, ${markdownPath} and ${htmlPath}`);
  if (!isInterrupted) return 0;
  const out = options.outDirectory === 'lab-report' ? '' : ` --out ${options.outDirectory}`;
  say(`stopped after ${report.samples.length} samples; to go on: npm run lab -- --resume${out}`);
  return INTERRUPTED;
}

/** The first Ctrl-C lets the run write what it has; the second ends the process. */
function listenForInterruption(output: LabOutput): { readonly signal: AbortSignal; stop(): void } {
  const abort = new AbortController();
  const signals = ['SIGINT', 'SIGTERM'] as const;
  const onSignal = (): void => {
    if (abort.signal.aborted) process.exit(INTERRUPTED);
    output.draw?.('');
    output.talk('lab: stopping; once more to stop at once\n');
    abort.abort();
  };
  for (const name of signals) process.on(name, onSignal);
  return {
    signal: abort.signal,
    stop() {
      for (const name of signals) process.off(name, onSignal);
    },
  };
}
