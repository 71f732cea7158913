import { type ObservationRow, observationRowSchema, type ScoreRow, scoreRowSchema } from '@slipstream/query-api';
import { z } from 'zod';
import { parseInput, WRONG_TYPE } from '../http/read-input.js';

const ZEROS = /^0+$/;
const MAX_MESSAGE_CHARS = 300;

const rowSchema = z.discriminatedUnion('kind', [observationRowSchema, scoreRowSchema]);

/** One line or row of a file, before anyone has looked what it is. */
export interface RawRow {
  /** From 1. */
  readonly line: number;
  /** What it holds, or why it cannot be read. */
  readonly content: { readonly value: unknown } | { readonly problem: string };
}

export type CheckedRow =
  | { readonly kind: 'observation'; readonly row: ObservationRow }
  | { readonly kind: 'score'; readonly row: ScoreRow }
  | { readonly kind: 'refused'; readonly message: string };

/** What a row is, or what is wrong with it; never repeats what it holds. */
export function checkRow({ content }: RawRow): CheckedRow {
  if ('problem' in content) return { kind: 'refused', message: content.problem };
  const parsed = parseInput(rowSchema, content.value);
  if (parsed === undefined) return { kind: 'refused', message: WRONG_TYPE };
  if (!parsed.success) return { kind: 'refused', message: describe(parsed.error) };
  const row = parsed.data;
  if (row.kind === 'score') return { kind: 'score', row };
  if (ZEROS.test(row.trace_id) || ZEROS.test(row.span_id)) {
    return { kind: 'refused', message: 'trace_id and span_id must not be zeros' };
  }
  return { kind: 'observation', row };
}

function describe({ issues }: z.ZodError): string {
  const [first] = issues;
  const place = first?.path.map(String).join('.') ?? '';
  const message = first?.message ?? 'it is no row';
  const more = issues.length > 1 ? `, and ${issues.length - 1} more` : '';
  return `${place === '' ? message : `${place}: ${message}`}${more}`.slice(0, MAX_MESSAGE_CHARS);
}
