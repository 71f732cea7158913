import { intervalText } from '../interval-text.js';
import type { LabReport } from '../model.js';
import { type Column, renderMarkdownTable } from '../table.js';
import { withoutTitle } from './goals-block.js';

const COLUMNS: readonly Column[] = [
  { header: 'traced with', align: 'left' },
  { header: 'form', align: 'left' },
  { header: 'measured', align: 'right' },
  { header: 'samples', align: 'right' },
];

/** What the Python part of a run measured in the cases whose ids begin so; a sentence where it has none of them. */
export function pythonBlock({ python }: LabReport, prefix: string): string {
  const cases = (python?.cases ?? []).filter(({ id }) => id.startsWith(prefix));
  const tables = cases.flatMap(({ id, title, principalMetric, unit }) => {
    const own = (python?.summaries ?? []).filter((summary) => summary.case === id);
    if (own.length === 0) return [];
    const rows = own.map(({ subject, variant, metrics, samples }) => [
      `${subject}${python?.packages[subject] === undefined ? '' : ` ${python.packages[subject]}`}`,
      variant,
      intervalText(metrics[principalMetric], unit),
      String(samples),
    ]);
    return [`**${title}**\n\n${withoutTitle(renderMarkdownTable({ title: '', columns: COLUMNS, rows, notes: [] }))}`];
  });
  return tables.length === 0 ? 'Not measured in the run that this page is made from.' : tables.join('\n\n');
}
