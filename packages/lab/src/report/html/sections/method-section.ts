import type { LabReport } from '../../model.js';
import { formatNumber } from '../../number-text.js';
import { type Html, html } from '../markup.js';
import type { Section } from '../section.js';

/** How the figures came to be, and how they can mislead. */
export function methodSection(): Section {
  return {
    id: 'method',
    title: 'How it was measured',
    body: html`<ul>
<li>Each sample is a process of its own. In a round every arm of a question runs once, in an order drawn from the seed, next to the others. Differences and ratios are taken within a round, medians and 95 % bootstrap intervals over rounds.</li>
<li>CPU time is the serving thread's own, from the first trace to the end of the flush; the middle of the two untraced samples of the same round is subtracted. Paced: traces back to back, then 8 ms of rest.</li>
<li>Untraced runs twice. What the two differ by is the noise floor. A difference that is smaller, or whose interval holds zero, is never called an effect here.</li>
<li>The server gets requests at fixed times whether or not earlier ones were answered; a response time counts from the time planned. Sink and load generator are processes of their own on the same machine, and share its cores.</li>
<li>The sink counts distinct ids of spans that ended. A library that lost spans or cut what it captured is marked: it did less work than its figures seem to say. It is never the best peer while another delivered all.</li>
<li>Where Slipstream is held against others, only peers that capture as much are asked, and where ways to trace are compared, those that go the same way.</li>
<li>Nothing leaves the machine, so that TLS and distance are not in it. Libraries run with their documented defaults; what deviates is said in <code>packages/lab/README.md</code>.</li>
</ul>`,
  };
}

/** The machine, the versions and the command: what is needed to judge or to repeat it. */
export function provenanceSection(report: LabReport, jsonName: string): Section {
  const { environment, python } = report;
  const facts: readonly (readonly [string, string])[] = [
    ['command', report.command],
    ['begun, ended', `${report.startedAt}, ${report.finishedAt}`],
    ['commit', `${environment.commit ?? 'unknown'}${environment.dirty === true ? ', with changes' : ''}`],
    ['seed', String(report.seed)],
    ['rounds', `${report.rounds} (${report.mode})`],
    ['sets of questions', (report.suites ?? ['matrix']).join(', ')],
    ['machine', `${environment.cores} × ${environment.cpuModel}, ${environment.memoryMb} MB`],
    ['system', environment.platform],
    ['load when it began', formatNumber(environment.loadAverage)],
    ['Node', environment.node],
    ...(python === undefined ? [] : [['Python', python.python] as const]),
    ['CPU time from', cpuSources(report)],
  ];
  return {
    id: 'provenance',
    title: 'Machine, versions and raw data',
    body: html`<p>Every raw sample is in <code>${jsonName}</code>, beside this page; nothing here is from anywhere else, except what says so. <code>npm run lab -- compare A.json B.json</code> holds two runs against each other.</p>
<dl class="facts">${facts.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>
${versions({ ...environment.packages, ...python?.packages })}`,
  };
}

function versions(packages: Readonly<Record<string, string>>): Html | undefined {
  const entries = Object.entries(packages);
  if (entries.length === 0) return undefined;
  return html`<h3>Versions</h3><ul class="note">${entries.map(([name, version]) => html`<li>${name} ${version}</li>`)}</ul>`;
}

function cpuSources({ samples }: LabReport): string {
  const sources = [...new Set(samples.flatMap(({ cpuSource }) => cpuSource ?? []))];
  const named = sources.map((source) =>
    source === 'process.cpuUsage' ? 'process.cpuUsage (the whole process: other threads are in it)' : source,
  );
  return named.join(', ') || 'nothing';
}
