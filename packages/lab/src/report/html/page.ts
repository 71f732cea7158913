import { mistakeTable } from '../../mistakes/mistake-table.js';
import { isUnderOtherNode } from '../../runner/node-name.js';
import { againstTable } from '../against-table.js';
import { faultTable } from '../fault-table.js';
import type { LabReport } from '../model.js';
import { predictionTables } from '../prediction-table.js';
import { drawDocument } from './document.js';
import { fromTable } from './from-table.js';
import { type Html, html } from './markup.js';
import type { Section } from './section.js';
import { costSection, latencySection, stallSection } from './sections/charts-section.js';
import { claimsSection } from './sections/claims-section.js';
import { goalsSection } from './sections/goals-section.js';
import { introduction } from './sections/intro-section.js';
import { lossesSection } from './sections/losses-section.js';
import { methodSection, provenanceSection } from './sections/method-section.js';
import { pythonSection } from './sections/python-section.js';
import { scenarioSection } from './sections/scenario-section.js';
import { verdictsSection } from './sections/verdicts-section.js';

/**
 * A run as one page that needs nothing beside itself: no script, no file, no request.
 *
 * @param jsonName the file with the raw data, as the page names it
 */
export function renderHtml(report: LabReport, jsonName: string): string {
  const sections = sectionsOf(report, jsonName);
  const body = html`${introduction(report)}${contents(sections)}${sections.map(drawSection)}`;
  return drawDocument(`What tracing costs, ${report.startedAt.slice(0, 10)}`, body);
}

function contents(sections: readonly Section[]): Html {
  return html`
<nav aria-label="Contents"><ol>${sections.map(({ id, title }) => html`<li><a href="${`#${id}`}">${title}</a></li>`)}</ol></nav>`;
}

function drawSection({ id, title, body }: Section): Html {
  return html`
<section aria-labelledby="${id}">
<h2 id="${id}">${title}</h2>
${body}
</section>`;
}

function sectionsOf(report: LabReport, jsonName: string): Section[] {
  const candidates: readonly (Section | undefined)[] = [
    lossesSection(report),
    verdictsSection(report),
    costSection(report),
    latencySection(report),
    stallSection(report),
    scenariosSection(report, isPlainQuestion, {
      id: 'questions',
      title: 'Question by question',
    }),
    scenariosSection(report, ({ scenario }) => scenario.startsWith('ways-') && !isUnderOtherNode(scenario), {
      id: 'ways',
      title: 'Every other way to trace',
    }),
    againstSection(report),
    faultsSection(report),
    mistakesSection(report),
    scenariosSection(report, ({ scenario }) => isUnderOtherNode(scenario), {
      id: 'nodes',
      title: 'The same under other versions of Node',
    }),
    report.python === undefined ? undefined : pythonSection(report.python),
    claimsSection(report),
    goalsSection(report),
    predictionsSection(report),
    methodSection(),
    provenanceSection(report, jsonName),
  ];
  return candidates.filter((section) => section !== undefined);
}

function isMistake(scenario: string): boolean {
  return scenario.startsWith('mistake-');
}

function isPlainQuestion({ scenario }: LabReport['summaries'][number]): boolean {
  return !isMistake(scenario) && !scenario.startsWith('ways-') && !isUnderOtherNode(scenario);
}

function scenariosSection(
  report: LabReport,
  belongs: (summary: LabReport['summaries'][number]) => boolean,
  head: Pick<Section, 'id' | 'title'>,
): Section | undefined {
  const own = report.summaries.filter((summary) => summary.backend === undefined && belongs(summary));
  if (own.length === 0) return undefined;
  return { ...head, body: html`${own.map((summary) => scenarioSection(report, summary))}` };
}

function mistakesSection(report: LabReport): Section | undefined {
  const table = mistakeTable(report);
  if (table === undefined) return undefined;
  const own = report.summaries.filter(({ scenario }) => isMistake(scenario) && !isUnderOtherNode(scenario));
  return {
    id: 'mistakes',
    title: 'What the mistakes cost, each beside its cure',
    body: html`<p>Each mistake of the notes as a program of <code>examples/mistakes</code>, the wrong way and the right way, with the same requests.</p>${fromTable(table)}${own.map((summary) => scenarioSection(report, summary))}`,
  };
}

function againstSection(report: LabReport): Section | undefined {
  const table = againstTable(report);
  if (table === undefined) return undefined;
  return { id: 'against', title: 'This commit against another', body: fromTable(table) };
}

function faultsSection({ summaries }: LabReport): Section | undefined {
  const table = faultTable(summaries);
  if (table === undefined) return undefined;
  return { id: 'faults', title: 'When the backend fails', body: fromTable(table) };
}

function predictionsSection({ predictions, summaries }: LabReport): Section | undefined {
  if (predictions === undefined) return undefined;
  const tables = predictionTables(predictions, summaries);
  return {
    id: 'predictions',
    title: 'What a cost model said before the run',
    body: html`<p>Before the first sample, micro-benchmarks that load no library found what single operations cost on this machine; how many of each a library needs was counted in its sources. The sum was written down before anything was measured.</p>${tables.map(fromTable)}`,
  };
}
