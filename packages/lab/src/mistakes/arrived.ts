import type { Metrics } from '../sample/protocol.js';
import type { SinkCounts } from '../sink/counts.js';
import type { MistakeCase } from './mistake.js';

/** What the sink has of a sample's requests, a request. */
export function arrivedMetrics({ mistake, version }: MistakeCase, counts: SinkCounts, isTraced: boolean): Metrics {
  if (!isTraced) return {};
  const spansPerRequest = counts.distinctSpans / mistake.requests;
  const asked = mistake.askedSpansPerRequest ?? version.counts.slipstream.spansPerRequest;
  return {
    spansPerRequest,
    spansOverAsked: spansPerRequest / asked,
    bodyBytesPerRequest: counts.bodyBytes / mistake.requests,
    ...(mistake.countsLabels === true ? { labels: counts.labels ?? 0 } : {}),
  };
}
