import { type SqlRequest, type SqlResult, sqlResultSchema } from '@slipstream/query-api';
import { askCollector, type CollectorAddress } from './request.js';

const MAX_RESULT_BYTES = 256 * 1024 * 1024;
/** What the way there and back may take beside the time limit of the statement. */
const EXTRA_MS = 10_000;

/**
 * Runs one read-only statement.
 *
 * @throws CliError `rejected` where it is faulty or too slow, `unreachable`
 */
export function askSql(address: CollectorAddress, request: SqlRequest): Promise<SqlResult> {
  return askCollector(address, { method: 'POST', path: '/api/v1/sql', body: { json: request } }, sqlResultSchema, {
    timeoutMs: request.timeLimitMs + EXTRA_MS,
    maxBytes: MAX_RESULT_BYTES,
  });
}
