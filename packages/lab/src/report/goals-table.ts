import type { GoalResult } from './model.js';
import { formatNumber, formatRatio, NO_VALUE } from './number-text.js';
import type { Column, Table } from './table.js';

const COLUMNS: readonly Column[] = [
  { header: 'goal', align: 'left' },
  { header: 'limit', align: 'right' },
  { header: 'measured', align: 'right' },
  { header: '', align: 'left' },
];

/** All goals in one table, in the order of the design. */
export function goalsTable(goals: readonly GoalResult[]): Table {
  return { title: 'Goals', columns: COLUMNS, rows: goals.map(goalCells), notes: [] };
}

/** All goals, the missed ones first, each with its distance from the limit. */
export function numbersToHoldTable(goals: readonly GoalResult[]): Table {
  const sorted = goals.toSorted((left, right) => rank(left) - rank(right) || distance(right) - distance(left));
  return {
    title: 'Numbers to hold, the missed ones first',
    columns: [...COLUMNS, { header: 'measured / limit', align: 'right' }],
    rows: sorted.map((goal) => [...goalCells(goal), formatDistance(goal)]),
    notes: [],
  };
}

/** How a goal came out, as every table says it. */
export function verdict({ met, incomplete }: GoalResult): string {
  if (met === undefined) return 'not measured';
  if (incomplete === true) return 'MISSED (spans or text were lost)';
  return met ? 'met' : 'MISSED';
}

/** A value of a goal. */
export function withUnit(value: number | undefined, unit: string): string {
  if (value === undefined) return NO_VALUE;
  if (unit === 'x') return formatRatio(value);
  return unit === 'spans' || unit === 'runs' || unit === 'packages'
    ? `${value} ${unit}`
    : `${formatNumber(value)} ${unit}`;
}

function goalCells(goal: GoalResult): string[] {
  return [goal.text, withUnit(goal.limit, goal.unit), withUnit(goal.measured, goal.unit), verdict(goal)];
}

function rank({ met }: GoalResult): number {
  if (met === undefined) return 1;
  return met ? 2 : 0;
}

/** Above 1 is missed; nothing over nothing is as good as it gets. */
function distance({ limit, measured }: GoalResult): number {
  if (limit === undefined || measured === undefined || measured === 0) return 0;
  return measured / limit;
}

function formatDistance(goal: GoalResult): string {
  if (goal.met === undefined || goal.limit === 0) return NO_VALUE;
  return formatNumber(distance(goal));
}
