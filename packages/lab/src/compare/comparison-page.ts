import { drawDocument } from '../report/html/document.js';
import { fromTable } from '../report/html/from-table.js';
import { html } from '../report/html/markup.js';
import type { Comparison } from './compare.js';
import { comparisonTables } from './comparison-tables.js';

/** The comparison as one page that needs nothing beside itself. */
export function renderComparisonHtml(comparison: Comparison, names: readonly [string, string]): string {
  const { runs, warnings, headline } = comparison;
  const body = html`<h1>Two runs of the lab, beside each other</h1>
<p class="lead">${headline.agree} of ${headline.judged} ratios of Slipstream to its peers and to untraced agree within their 95 % intervals.</p>
${warnings.length > 0 && html`<ul>${warnings.map((warning) => html`<li class="bad">${warning}</li>`)}</ul>`}
${runs.map((run, index) => html`<h2>${index === 0 ? 'First' : 'Second'}: ${names[index]}</h2><dl class="facts"><dt>begun</dt><dd>${run.startedAt}</dd><dt>command</dt><dd>${run.command}</dd><dt>commit</dt><dd>${run.commit}</dd><dt>machine</dt><dd>${run.machine}</dd><dt>Node</dt><dd>${run.node}</dd><dt>rounds</dt><dd>${run.rounds}</dd></dl>`)}
<h2>Figures</h2>${comparisonTables(comparison).map(fromTable)}`;
  return drawDocument(`${names[0]} and ${names[1]}`, body);
}
