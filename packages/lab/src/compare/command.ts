import { writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { LabArgumentError, LabReportFileError } from '../errors.js';
import type { LabOutput } from '../output.js';
import { renderTextTable } from '../report/table.js';
import { type Comparison, compareReports } from './compare.js';
import { renderComparisonHtml } from './comparison-page.js';
import { comparisonTables, plain } from './comparison-tables.js';
import { readReport } from './read-report.js';

/** What `compare --help` prints. */
export const COMPARE_USAGE = `Two runs of the lab beside each other: every figure that both have, and how Slipstream stands in each.

  npm run lab -- compare FIRST.json SECOND.json [--json] [--html FILE]

  --json       print the comparison as JSON
  --html FILE  write it as a page, too
  --help       this text

What one of the runs has in one or two rounds alone is shown and not judged.

Exit codes, as those of diff: 0 every ratio of Slipstream to a peer or to untraced agrees within its interval, 1 some do
not, or there is none to judge, 2 wrong arguments, or a file that is no report of the lab.
`;

interface CompareOptions {
  readonly files: readonly [string, string];
  readonly json: boolean;
  readonly htmlPath?: string;
}

/**
 * Compares two reports.
 *
 * @returns the exit code: 0 they agree, 1 they do not, 2 wrong arguments or files
 */
export async function runCompareCommand(args: readonly string[], output: LabOutput): Promise<number> {
  try {
    const options = parseCompareArguments(args);
    if (options === 'help') {
      output.result(COMPARE_USAGE);
      return 0;
    }
    const [first, second] = [await readReport(options.files[0]), await readReport(options.files[1])];
    const comparison = compareReports(first, second);
    output.result(options.json ? `${JSON.stringify(comparison, undefined, 1)}\n` : renderComparison(comparison));
    for (const warning of comparison.warnings) output.talk(`lab: ${plain(warning)}\n`);
    await writePage(comparison, options, output);
    const { agree, judged } = comparison.headline;
    return judged > 0 && agree === judged ? 0 : 1;
  } catch (error) {
    if (!(error instanceof LabArgumentError || error instanceof LabReportFileError)) throw error;
    output.talk(`lab: ${plain(error.message)}\n`);
    return 2;
  }
}

function parseCompareArguments(args: readonly string[]): CompareOptions | 'help' {
  const { values, positionals } = readFlags(args);
  if (values.help === true) return 'help';
  const [first, second, ...more] = positionals;
  if (first === undefined || second === undefined || more.length > 0) {
    throw new LabArgumentError(`compare takes two reports, not ${positionals.length}; see compare --help.`);
  }
  const page = values.html === undefined ? {} : { htmlPath: values.html };
  return { files: [first, second], json: values.json === true, ...page };
}

function readFlags(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { json: { type: 'boolean' }, html: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
    });
  } catch (error) {
    throw new LabArgumentError(error instanceof Error ? error.message : String(error));
  }
}

function renderComparison(comparison: Comparison): string {
  const runs = comparison.runs.map(
    ({ startedAt, commit, node, machine, rounds }, index) =>
      `${index === 0 ? 'first: ' : 'second:'} ${plain(`${startedAt}, commit ${commit}, Node ${node}, ${machine}, ${rounds} rounds`)}`,
  );
  return `${[...runs, ...comparisonTables(comparison).flatMap((table) => ['', renderTextTable(table)])].join('\n')}\n`;
}

async function writePage(
  comparison: Comparison,
  { htmlPath, files }: CompareOptions,
  output: LabOutput,
): Promise<void> {
  if (htmlPath === undefined) return;
  try {
    await writeFile(htmlPath, renderComparisonHtml(comparison, [basename(files[0]), basename(files[1])]));
  } catch (error) {
    throw new LabArgumentError(`--html: ${error instanceof Error ? error.message : String(error)}`);
  }
  output.talk(`lab: written: ${htmlPath}\n`);
}
