import type { ObservationDetail } from '@slipstream/query-api';
import { formatCount, NO_VALUE } from '../../model/format.js';
import { usageRows } from '../../model/usage.js';
import { PlainText } from '../parts/plain-text.js';
import { Section } from './section.js';

const SOURCES = { reported: 'cost as reported', computed: 'cost computed', none: 'no known cost' } as const;

export function UsageTable({ detail }: { detail: ObservationDetail }) {
  const rows = usageRows(detail);
  if (rows.length === 0) return null;
  return (
    <Section title="Usage and cost" note={SOURCES[detail.costSource]}>
      <table className="usage-table">
        <thead>
          <tr>
            <th scope="col">Kind</th>
            <th scope="col">Units</th>
            <th scope="col">US dollars</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.key}>
              <th scope="row">
                <PlainText text={row.key} limit={80} />
              </th>
              <td>{row.tokens === null ? NO_VALUE : formatCount(row.tokens)}</td>
              <td>{row.costUsd === null ? NO_VALUE : row.costUsd.toFixed(6)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Section>
  );
}
