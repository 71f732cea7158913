import { describeArm } from '../../../arms/registry.js';
import type { Estimate } from '../../../statistics/bootstrap.js';
import { armTitle } from '../../arm-title.js';
import { didLess } from '../../content-share.js';
import type { ArmSummary, LabReport, ScenarioSummary } from '../../model.js';
import { formatNumber } from '../../number-text.js';
import { type DotRow, dotChart } from '../chart/dot-chart.js';
import { type Html, html } from '../markup.js';
import type { Section } from '../section.js';

/** The payloads of the headline, and what each is called. */
const PAYLOADS: readonly (readonly [scenario: string, text: string])[] = [
  ['tiny-paced', 'almost nothing captured or to capture'],
  ['4kb-paced', '4 KB captured a span'],
  ['100kb-string-paced', '100 KB captured a span, one string'],
  ['100kb-messages-paced', '100 KB captured a span, 200 messages'],
];

/** What tracing adds to the thread that serves requests, payload by payload. */
export function costSection(report: LabReport): Section | undefined {
  const charts = PAYLOADS.flatMap(([name, text]) => {
    const scenario = find(report, name);
    return scenario === undefined ? [] : [costChart(scenario, text)];
  });
  if (charts.length === 0) return undefined;
  return {
    id: 'cost',
    title: 'What a span costs the thread that serves requests',
    body: html`<p>CPU time that tracing adds, in microseconds a span. The scale is logarithmic: each line to the right is ten times as much. The bar through a point is its 95 % interval.</p>${charts}`,
  };
}

function costChart(scenario: ScenarioSummary, text: string): Html {
  const rows = scenario.arms
    .filter(({ arm }) => describeArm(arm).side !== 'none')
    .flatMap((arm) => rowOf(arm, arm.added.mainCpuUsPerSpan, 'µs'))
    .toSorted(byFirstDot);
  const noise = scenario.noise.mainCpuUsPerSpan;
  return html`<h3>${text}</h3>${dotChart({
    title: `CPU time added on the serving thread: ${text}`,
    axis: 'µs a span, logarithmic',
    rows,
    ...(noise === undefined
      ? {}
      : { base: { value: noise, text: 'the noise, which is what two untraced runs differ by' } }),
    caption: '* lost spans or text, and so did less.',
  })}`;
}

/** The server under load: half of the requests, and all but one in a hundred. */
export function latencySection(report: LabReport): Section | undefined {
  const scenario = find(report, 'server-4kb');
  if (scenario === undefined) return undefined;
  const untraced = scenario.arms.find(({ arm }) => arm === 'untraced')?.metrics.p99Ms?.median;
  const rows = scenario.arms.flatMap((arm): DotRow[] => {
    const { p50Ms, p99Ms } = arm.metrics;
    if (p50Ms === undefined || p99Ms === undefined) return [];
    const value = `${formatNumber(p50Ms.median)} and ${formatNumber(p99Ms.median)} ms`;
    return [{ ...nameOf(arm), value, dots: [{ estimate: p50Ms, isHollow: true }, { estimate: p99Ms }] }];
  });
  const load = report.scenarios.find(({ name }) => name === scenario.scenario);
  const offered = load?.kind === 'server' ? `${load.requestsPerSecond} requests a second` : 'a steady load';
  return {
    id: 'latency',
    title: 'What requests wait',
    body: html`<p>${scenario.title}. Response times under ${offered}, from the moment that each request was planned for, so that a frozen server cannot hide the requests that it kept waiting.</p>${dotChart(
      {
        title: 'Response time of the server: median and p99',
        axis: 'ms, logarithmic',
        rows: rows.toSorted((left, right) => lastMedian(left) - lastMedian(right)),
        ...(untraced === undefined ? {} : { base: { value: untraced, text: 'p99 of the untraced server' } }),
        caption:
          'Hollow: half of the requests are answered by then; filled: 99 % of them. * lost spans or text, and so did less.',
      },
    )}`,
  };
}

/** The longest time in which nothing else could run. */
export function stallSection(report: LabReport): Section | undefined {
  const charts = [find(report, '4kb-paced'), find(report, 'server-4kb')].flatMap((scenario) =>
    scenario === undefined ? [] : [stallChart(scenario)],
  );
  if (charts.length === 0) return undefined;
  return {
    id: 'stalls',
    title: 'How long the application stands still',
    body: html`<p>The longest single time in which the serving thread could do nothing else: every request that arrives then waits for it.</p>${charts}`,
  };
}

function stallChart(scenario: ScenarioSummary): Html {
  const untraced = scenario.arms.find(({ arm }) => arm === 'untraced')?.metrics.longestStallMs?.median;
  const rows = scenario.arms
    .filter(({ arm }) => describeArm(arm).side !== 'none')
    .flatMap((arm) => rowOf(arm, arm.metrics.longestStallMs, 'ms'))
    .toSorted(byFirstDot);
  return html`<h3>${scenario.title}</h3>${dotChart({
    title: `Longest stall: ${scenario.title}`,
    axis: 'ms, logarithmic',
    rows,
    ...(untraced === undefined ? {} : { base: { value: untraced, text: 'the longest stall without tracing' } }),
    caption: '* lost spans or text, and so did less.',
  })}`;
}

function rowOf(arm: ArmSummary, estimate: Estimate | undefined, unit: string): DotRow[] {
  if (estimate === undefined) return [];
  return [{ ...nameOf(arm), value: `${formatNumber(estimate.median)} ${unit}`, dots: [{ estimate }] }];
}

function nameOf(arm: ArmSummary): Pick<DotRow, 'label' | 'side'> {
  return { label: `${armTitle(arm.arm)}${didLess(arm) ? ' *' : ''}`, side: describeArm(arm.arm).side };
}

function byFirstDot(left: DotRow, right: DotRow): number {
  return (left.dots[0]?.estimate.median ?? 0) - (right.dots[0]?.estimate.median ?? 0);
}

function lastMedian({ dots }: DotRow): number {
  return dots.at(-1)?.estimate.median ?? 0;
}

function find({ summaries }: LabReport, name: string): ScenarioSummary | undefined {
  return summaries.find(({ scenario }) => scenario === name);
}
