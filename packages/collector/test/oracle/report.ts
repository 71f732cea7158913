/** What an oracle run found, as the table that is published. */

export interface FaultFigures {
  rounds: number;
  /** Spans that were acknowledged in rounds of this fault. */
  offered: number;
  lost: number;
  duplicatedInStore: number;
  duplicatedInBackend: number;
  /** From the end of each fault until a new span was acknowledged and shown, in milliseconds. */
  readonly recoveriesMs: number[];
}

export interface OracleReport {
  readonly setup: string;
  readonly seed: string;
  readonly rounds: number;
  readonly faults: ReadonlyMap<string, FaultFigures>;
}

export function newFigures(): FaultFigures {
  return { rounds: 0, offered: 0, lost: 0, duplicatedInStore: 0, duplicatedInBackend: 0, recoveriesMs: [] };
}

/** One Markdown table for each setup. */
export function renderReport(reports: readonly OracleReport[]): string {
  const lines: string[] = [];
  for (const { setup, seed, rounds, faults } of reports) {
    lines.push(`### ${setup}`, '', `${rounds} rounds, seed ${seed}.`, '', ...HEAD);
    for (const [fault, figures] of [...faults].sort(([a], [b]) => a.localeCompare(b))) {
      lines.push(renderRow(fault, figures));
    }
    lines.push('');
  }
  return lines.join('\n');
}

const HEAD = [
  '| fault | rounds | spans offered | lost | twice in the store | twice in the backend | recovery, median ms | longest, ms |',
  '|---|--:|--:|--:|--:|--:|--:|--:|',
];

function renderRow(fault: string, figures: FaultFigures): string {
  const sorted = [...figures.recoveriesMs].sort((a, b) => a - b);
  const cells = [
    fault,
    figures.rounds,
    figures.offered,
    figures.lost,
    figures.duplicatedInStore,
    figures.duplicatedInBackend,
    Math.round(sorted[Math.floor(sorted.length / 2)] ?? 0),
    Math.round(sorted.at(-1) ?? 0),
  ];
  return `| ${cells.join(' | ')} |`;
}
