import { LAB_USAGE, parseLabArguments } from './arguments.js';
import { LabArgumentError } from './errors.js';
import { labPlaces } from './places.js';
import { renderText } from './report/report.js';
import { runLab } from './runner/run.js';

/** Where a command's output goes: the result, and what is said meanwhile. */
export interface LabOutput {
  readonly result: (text: string) => void;
  readonly talk: (text: string) => void;
}

/**
 * The lab as a command: reads the arguments, runs, prints.
 *
 * @returns the exit code: 0 done, 1 the lab failed, 2 wrong arguments
 */
export async function runLabCommand(args: readonly string[], output: LabOutput): Promise<number> {
  try {
    const options = parseLabArguments(args);
    if (options === 'help') {
      output.result(LAB_USAGE);
      return 0;
    }
    const command = ['lab', ...args].join(' ');
    const say = (line: string): void => output.talk(`lab: ${line}\n`);
    const { report, jsonPath, markdownPath } = await runLab(options, { places: labPlaces(), command, say });
    output.result(options.json ? `${JSON.stringify(report, undefined, 1)}\n` : renderText(report));
    say(`written: ${jsonPath} and ${markdownPath}`);
    return 0;
  } catch (error) {
    output.talk(`lab: ${error instanceof Error ? error.message : String(error)}\n`);
    return error instanceof LabArgumentError ? 2 : 1;
  }
}
