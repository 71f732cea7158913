import { verdict, withUnit } from '../../goals-table.js';
import type { GoalResult, LabReport } from '../../model.js';
import { NO_VALUE } from '../../number-text.js';
import { BENCHED_GOALS } from '../../other-benches.js';
import { type Html, html } from '../markup.js';
import type { Section } from '../section.js';
import { type HtmlRow, htmlTable } from '../table.js';

/** Every number that the design promises: those of this run, then those that other benches measure. */
export function goalsSection({ goals }: LabReport): Section {
  return {
    id: 'goals',
    title: 'Every number that the design promises',
    body: html`${goals.length > 0 && measuredHere(goals)}<h3>Numbers that other benches measure</h3><p>They are not part of this run: each is cited from the page or the test that has it.</p>${htmlTable(
      'Numbers of the design that other benches measure',
      [
        { header: 'goal' },
        { header: 'limit', isNumeric: true },
        { header: 'figure', isNumeric: true },
        { header: 'verdict' },
        { header: 'measured by' },
      ],
      BENCHED_GOALS.map(({ text, limit, figure, outcome, measuredBy, source }): HtmlRow => {
        const by = source === undefined ? measuredBy : html`<code>${measuredBy}</code>, <code>${source.page}</code>`;
        const cells = [text, limit, figure ?? NO_VALUE, html`<span class="verdict">${outcome}</span>`, by];
        return outcome === 'MISSED' ? { cells, mark: 'missed' } : { cells };
      }),
    )}`,
  };
}

function measuredHere(goals: readonly GoalResult[]): Html {
  return htmlTable(
    'Numbers of the design that this run measured',
    [
      { header: 'goal' },
      { header: 'at most', isNumeric: true },
      { header: 'measured', isNumeric: true },
      { header: 'verdict' },
    ],
    goals.map((goal): HtmlRow => {
      const cells = [
        goal.text,
        withUnit(goal.limit, goal.unit),
        withUnit(goal.measured, goal.unit),
        html`<span class="${goal.met === true ? 'good' : 'verdict'}">${verdict(goal)}</span>`,
      ];
      if (goal.met === false) return { cells, mark: 'missed' };
      return goal.met === undefined ? { cells, mark: 'quiet' } : { cells };
    }),
  );
}
