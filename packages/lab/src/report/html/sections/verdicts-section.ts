import { describeArm } from '../../../arms/registry.js';
import { isUnderOtherNode } from '../../../runner/node-name.js';
import { armTitle } from '../../arm-title.js';
import type { LabReport } from '../../model.js';
import { rowVerdict } from '../../verdict/row-verdict.js';
import { html } from '../markup.js';
import type { Section } from '../section.js';
import { htmlTable } from '../table.js';

/** What every question came to for ours, in a sentence each. */
export function verdictsSection(report: LabReport): Section | undefined {
  const rows = report.summaries
    .filter(({ backend, kind, scenario }) => backend === undefined && kind !== 'mistake' && !isUnderOtherNode(scenario))
    .flatMap((scenario) =>
      scenario.arms
        .filter(({ arm }) => describeArm(arm).side === 'own')
        .map((own) => ({
          cells: [
            html`<a href="${`#scenario-${scenario.scenario}`}">${scenario.title}</a>`,
            armTitle(own.arm),
            rowVerdict(report, scenario, own),
          ],
        })),
    );
  if (rows.length === 0) return undefined;
  const columns = [{ header: 'question', isWide: true }, { header: 'with' }, { header: 'verdict', isWide: true }];
  return {
    id: 'verdicts',
    title: 'Verdicts',
    body: html`<p>What each question came to for Slipstream. A difference within the noise is not called one.</p>${htmlTable('Slipstream, question by question', columns, rows)}`,
  };
}
