import type { LabOutput } from '../output.js';
import { labPlaces } from '../places.js';
import { HANDLER_USAGE, parseHandlerArguments } from './arguments.js';
import { renderHandlerText } from './report.js';
import { runHandler } from './run.js';

/**
 * `lab run FILE`.
 *
 * @returns the exit code
 */
export async function runHandlerCommand(
  args: readonly string[],
  { result, talk, draw }: LabOutput,
  signal: AbortSignal,
): Promise<number> {
  const options = parseHandlerArguments(args);
  if (options === 'help') {
    result(HANDLER_USAGE);
    return 0;
  }
  const show = draw ?? ((line: string) => line !== '' && talk(`${line}\n`));
  const report = await runHandler(options, {
    places: labPlaces(),
    onSample: (sample, samples, arm) => show(`lab: ${sample}/${samples}, ${arm}`),
    signal,
  });
  draw?.('');
  result(options.json ? `${JSON.stringify(report, undefined, 1)}\n` : renderHandlerText(report));
  return 0;
}
