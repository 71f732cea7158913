import type { Score } from '@slipstream/query-api';
import { formatScore } from '../../model/scores.js';
import { PlainText } from '../parts/plain-text.js';
import { Section } from './section.js';

/** How one observation, or the trace, was judged. */
export function ScoreTable({ title, scores }: { title: string; scores: readonly Score[] }) {
  if (scores.length === 0) return null;
  return (
    <Section title={title}>
      <table className="usage-table">
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Score</th>
            <th scope="col">Comment</th>
          </tr>
        </thead>
        <tbody>
          {scores.map((score) => (
            <tr key={score.scoreId}>
              <th scope="row">
                <PlainText text={score.name} limit={80} />
              </th>
              <td>
                <PlainText text={formatScore(score)} limit={80} />
              </td>
              <td title={score.comment ?? undefined}>
                <PlainText text={score.comment ?? ''} limit={200} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Section>
  );
}
