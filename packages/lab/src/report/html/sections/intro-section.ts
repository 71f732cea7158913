import type { Estimate } from '../../../statistics/bootstrap.js';
import { fewRoundsNote } from '../../few-rounds.js';
import { ratioText, timesText } from '../../interval-text.js';
import type { LabReport, ScenarioSummary } from '../../model.js';
import { formatNumber } from '../../number-text.js';
import { pairedMedian } from '../../paired.js';
import { effectOfRatio } from '../../verdict/effect.js';
import { type Html, html } from '../markup.js';

/** What was measured, on what, and the few figures that one would remember. */
export function introduction(report: LabReport): Html {
  const { environment, samples, rounds, startedAt } = report;
  const lossy = samples.filter(({ status }) => status === 'lost').length;
  const failed = samples.filter(({ status }) => status === 'failed').length;
  const busy = environment.loadAverage / environment.cores > 0.5;
  return html`
<h1>What tracing costs the application that is traced</h1>
<p class="lead">An application that records what its functions and its language models did, span by span, pays for that with its own response time. This page says how much, measured: Slipstream beside other libraries, each with its documented defaults, and beside the same work untraced.</p>
<p>A <strong>span</strong> is one recorded function call; a trace is 7 of them, nested. <strong>Capturing</strong> means keeping what went in and came out. The <strong>serving thread</strong> is the one on which the application answers its users: what tracing does there, users wait for.</p>
<p>Measured on ${startedAt.slice(0, 10)} on ${environment.cores} × ${environment.cpuModel}, ${formatNumber(environment.memoryMb / 1024)} GB, Node ${environment.node.replace(/^v/, '')}, ${environment.platform}: ${rounds} ${rounds === 1 ? 'round' : 'rounds'}, ${samples.length} processes, of which ${lossy} lost spans and ${failed} failed. Figures are medians; brackets hold the 95 % interval of the median.${fewRoundsNote(rounds)}${report.mode === 'quick' && ' This was a quick run: few rounds, wide intervals, nothing to quote.'}${busy && html` <span class="bad">The machine was busy when the run began (load ${formatNumber(environment.loadAverage)}).</span>`}</p>
${tiles(report)}`;
}

function tiles(report: LabReport): Html | undefined {
  const found = [
    costTile(report, '4kb-paced', '4 KB'),
    costTile(report, '100kb-string-paced', '100 KB'),
    serverTile(report),
  ];
  const shown = found.filter((tile) => tile !== undefined);
  return shown.length === 0 ? undefined : html`<ul class="tiles">${shown}</ul>`;
}

function costTile(report: LabReport, name: string, size: string): Html | undefined {
  const scenario = find(report, name);
  const added = scenario?.arms.find(({ arm }) => arm === 'slipstream')?.added.mainCpuUsPerSpan;
  if (added === undefined) return undefined;
  const ratio = pairedMedian(report, {
    scenario: name,
    own: 'slipstream',
    other: 'langfuse',
    metric: 'mainCpuUsPerSpan',
    isAdded: true,
  });
  const beside = ratio === undefined ? '' : `: ${timesText(ratio)} of Langfuse`;
  return html`<li><strong>${formatNumber(added.median)} µs</strong>Slipstream adds to the serving thread for a span with ${size} captured${beside}. 95 % interval: ${intervalRange(added)}.</li>`;
}

function serverTile(report: LabReport): Html | undefined {
  const scenario = find(report, 'server-4kb');
  const own = scenario?.arms.find(({ arm }) => arm === 'slipstream');
  const untraced = scenario?.arms.find(({ arm }) => arm === 'untraced')?.metrics.p99Ms?.median;
  const p99 = own?.metrics.p99Ms?.median;
  const ratio = own?.overUntraced.p99Ms;
  if (ratio === undefined || p99 === undefined || untraced === undefined) return undefined;
  const isNone = effectOfRatio(ratio, p99 - untraced, scenario?.noise.p99Ms) === 'none';
  const said = isNone ? ' Not distinguishable from untraced.' : '';
  return html`<li><strong>${timesText(ratio.median)}</strong>the p99 response time of the untraced server, with Slipstream in it: ${ratioText(ratio)}.${said}</li>`;
}

function find({ summaries }: LabReport, name: string): ScenarioSummary | undefined {
  return summaries.find(({ scenario }) => scenario === name);
}

function intervalRange({ low, high, count }: Estimate): string {
  return count < 2 ? 'none, one sample' : `${formatNumber(low)} to ${formatNumber(high)} µs`;
}
