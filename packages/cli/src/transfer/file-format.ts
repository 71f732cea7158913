import type { ExportFormat } from '@slipstream/query-api';

/** The format that a file is said to have: by the flag, else by its ending, else JSONL. */
export function formatOf(file: string | undefined, flag: ExportFormat | undefined): ExportFormat {
  return flag ?? (file !== undefined && /\.(parquet|pq)$/i.test(file) ? 'parquet' : 'jsonl');
}
