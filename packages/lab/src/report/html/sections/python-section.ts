import type { PythonCase, PythonResults, PythonSample, PythonSummary } from '../../../python/model.js';
import { modelText } from '../../claims/python-answers.js';
import { intervalText } from '../../interval-text.js';
import { formatPercent } from '../../number-text.js';
import { type Curve, lineChart } from '../chart/line-chart.js';
import { type Html, html } from '../markup.js';
import type { Section } from '../section.js';
import { type HtmlRow, htmlTable } from '../table.js';

/** The Python libraries that the notes are about: each case with its prediction, and latency over time. */
export function pythonSection(python: PythonResults): Section {
  return {
    id: 'python',
    title: 'Python: what the notes were about',
    body: html`<p>The same questions, asked of the Python libraries that the notes describe, on Python ${python.python}. Slipstream has no Python client: nothing in this part is ours.</p>
${python.cases.map((one) => caseBody(python, one))}${skipped(python)}`,
  };
}

function caseBody(python: PythonResults, one: PythonCase): Html {
  const summaries = python.summaries.filter((summary) => summary.case === one.id);
  return html`<h3 id="${`python-${one.id}`}">${one.title}</h3>
${one.claim !== undefined && html`<p>The notes say: ${one.claim}</p>`}
${
  summaries.length === 0
    ? html`<p>Not measured in this run.</p>`
    : htmlTable(
        `${one.title} (${one.id})`,
        COLUMNS,
        summaries.map((summary) => summaryRow(python, one, summary)),
      )
}
${series(python, one)}`;
}

const COLUMNS = [
  { header: 'traced with' },
  { header: 'form' },
  { header: 'predicted', isNumeric: true },
  { header: 'measured', isNumeric: true },
  { header: 'samples', isNumeric: true },
  { header: 'remarks' },
];

function summaryRow(python: PythonResults, one: PythonCase, summary: PythonSummary): HtmlRow {
  const { subject, variant, metrics, samples } = summary;
  const version = python.packages[subject];
  const cells = [
    version === undefined ? subject : `${subject} (${version})`,
    variant,
    modelText(python, one, summary),
    intervalText(metrics[one.principalMetric], one.unit),
    samples,
    remarks(summary),
  ];
  return subject === 'untraced' ? { cells, mark: 'quiet' } : { cells };
}

function remarks({ samples, failed, lossy, notes }: PythonSummary): string {
  const parts = [
    ...(failed > 0 ? [`failed in ${failed} of ${samples} runs`] : []),
    ...(lossy > 0 ? [`lost spans in ${lossy} of ${samples} runs: a run that loses spans is not a fast run`] : []),
    ...notes.slice(0, 2).map((note) => note.replaceAll('\n', ' ').slice(0, 200)),
  ];
  return parts.join('; ');
}

/** Charts of one case share their height, so that a subject that stalls is seen beside one that does not. */
function series({ samples }: PythonResults, { id, title }: PythonCase): Html[] {
  const withSeries = samples.filter((sample) => sample.case === id && (sample.series?.length ?? 0) > 1);
  const shown = withSeries.filter((sample, index) => withSeries.findIndex((other) => isSame(other, sample)) === index);
  const upTo = Math.max(0, ...shown.flatMap((sample) => (sample.series ?? []).map(({ p99Ms }) => p99Ms)));
  return shown.map((sample) => seriesChart(title, sample, upTo));
}

function isSame(left: PythonSample, right: PythonSample): boolean {
  return left.subject === right.subject && left.variant === right.variant;
}

function seriesChart(
  title: string,
  { subject, variant, round, series: points = [] }: PythonSample,
  upTo: number,
): Html {
  const name = [subject, variant].filter((text) => text !== '').join(', ');
  const curves: Curve[] = [
    { label: 'p99', side: 'peer', points: points.map(({ atMs, p99Ms }) => ({ x: atMs / 1_000, y: p99Ms })) },
    {
      label: 'p50',
      side: 'none',
      isThin: true,
      points: points.map(({ atMs, p50Ms }) => ({ x: atMs / 1_000, y: p50Ms })),
    },
  ];
  const exporting = points.filter(({ isExporting }) => isExporting === true).length;
  return lineChart({
    title: `${title}: response time over time, ${name}`,
    curves,
    shaded: points.flatMap(({ atMs, isExporting }, index) =>
      isExporting === true ? [{ from: atMs / 1_000, to: (points[index + 1]?.atMs ?? atMs) / 1_000 }] : [],
    ),
    xAxis: 'seconds since the start',
    yAxis: `${name}: p99 (thick) and p50 (thin), ms`,
    upTo,
    caption: `Round ${round + 1}.${exporting === 0 ? '' : ` Shaded: a batch was being serialised or sent (${formatPercent(exporting / points.length)} of the time).`}`,
  });
}

function skipped({ skipped: left }: PythonResults): Html | undefined {
  if (left.length === 0) return undefined;
  return html`<h3>Not run</h3><ul>${left.map(({ subject, reason }) => html`<li>${subject}: ${reason}</li>`)}</ul>`;
}
