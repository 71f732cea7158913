import { armTitle } from '../arm-title.js';
import { numbersToHoldTable } from '../goals-table.js';
import { intervalText, ratioText } from '../interval-text.js';
import type { LabReport } from '../model.js';
import { renderMarkdownTable } from '../table.js';
import { standingOf } from '../verdict/losses.js';

/** How many goals were missed, and which, the furthest first. */
export function missedGoals({ goals }: LabReport): string {
  const judged = goals.filter(({ met }) => met !== undefined);
  const missed = judged.filter(({ met }) => met === false);
  if (missed.length === 0) return `None of the ${judged.length} goals that the run could judge was missed.`;
  const table = withoutTitle(renderMarkdownTable(numbersToHoldTable(missed)));
  return `${missed.length} of ${judged.length} goals that the run could judge were missed, the furthest first:\n\n${table}`;
}

/** How ours stand against the best peer in every figure, and the figures in which that is better. */
export function lostFigures(report: LabReport): string {
  const { lost, won, level } = standingOf(report);
  const sentence = `Held against the best peer that captured as much and lost nothing, figure by figure, Slipstream is better in ${won}, worse in ${lost.length}, and not distinguishable in ${level}.`;
  if (lost.length === 0) return sentence;
  const table = withoutTitle(
    renderMarkdownTable({
      title: '',
      columns: [
        { header: 'figure', align: 'left' },
        { header: 'question', align: 'left' },
        { header: 'ours', align: 'right' },
        { header: 'theirs', align: 'right' },
        { header: 'ours / theirs', align: 'right' },
        { header: 'who', align: 'left' },
      ],
      rows: lost.map(({ measure, scenario, own, ownFigure, peer, peerFigure, ratio }) => [
        `${measure.title}, ${measure.unit}`,
        scenario.title,
        intervalText(ownFigure),
        intervalText(peerFigure),
        ratioText(ratio),
        `${armTitle(own.arm)} against ${armTitle(peer.arm)}`,
      ]),
      notes: [],
    }),
  );
  return `${sentence}\n\n${table}`;
}

/** A table whose heading stands in the page itself. */
export function withoutTitle(markdown: string): string {
  return markdown.replace(/^## [^\n]*\n\n/, '');
}
