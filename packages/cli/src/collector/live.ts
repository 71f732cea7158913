import { type TraceSummary, traceSummarySchema } from '@slipstream/query-api';
import { CliError, collectorUnreachable } from '../errors.js';
import type { FilterFlags } from '../program/flags.js';
import { readEvents } from './event-stream.js';
import { type CollectorAddress, describeFault, openAnswer, parseAnswer } from './request.js';
import { toFilterQuery } from './traces.js';

/** The collector sends something every 15 s: after three times that, the connection is dead and nobody has said so. */
const SILENCE_MS = 45_000;

/** What the live stream tells. */
export type LiveNews = { readonly kind: 'connected' } | { readonly kind: 'trace'; readonly trace: TraceSummary };

/**
 * Listens to new and changed traces until the connection ends.
 *
 * @param signal ends the stream
 * @throws CliError `unreachable` when the connection breaks or the collector ends it; `rejected`
 */
export async function* listenLive(
  address: CollectorAddress,
  flags: FilterFlags,
  signal: AbortSignal,
): AsyncGenerator<LiveNews> {
  const query = toFilterQuery(flags);
  const answer = await openAnswer(address, { path: '/api/v1/live', query, signal });
  answer.setTimeout(SILENCE_MS, () => answer.destroy(collectorUnreachable(address.url, 'it has fallen silent')));
  try {
    for await (const { name, data } of readEvents(answer as AsyncIterable<Uint8Array>)) {
      if (name === 'hello') yield { kind: 'connected' };
      if (name === 'trace') yield { kind: 'trace', trace: parseAnswer(address.url, data, traceSummarySchema) };
    }
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof CliError ? error : collectorUnreachable(address.url, describeFault(error), error);
  } finally {
    answer.destroy();
  }
  throw collectorUnreachable(address.url, 'it ended the stream');
}
