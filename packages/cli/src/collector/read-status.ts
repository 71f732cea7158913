import { type Status, statusSchema } from '@slipstream/query-api';
import { askCollector, type CollectorAddress } from './request.js';

const TIMEOUT_MS = 5000;

/**
 * Asks a collector for the books of every hop.
 *
 * @throws CliError `unreachable`, whether nobody, somebody else, or a stranger to our token answers
 */
export function readStatus(address: CollectorAddress): Promise<Status> {
  return askCollector(address, { path: '/api/v1/status' }, statusSchema, { timeoutMs: TIMEOUT_MS });
}
