import { describeArm } from '../arms/registry.js';
import { arrivedMetrics } from '../mistakes/arrived.js';
import { findMistake } from '../mistakes/scenarios.js';
import { isBalanced } from '../sample/books.js';
import type { Metrics, SampleResult } from '../sample/protocol.js';
import type { WarmUpOutcome } from '../sample/warm-up.js';
import type { SinkCounts } from '../sink/counts.js';
import type { ScheduledSample } from './schedule.js';

/** What was measured, before the sink was asked. */
export interface Measured {
  readonly spansSent: number;
  readonly metrics: Metrics;
  readonly result?: SampleResult;
  readonly warmup?: WarmUpOutcome;
  readonly counts: SinkCounts;
}

/** A sample as the JSON file keeps it, but for what it was and how long it took. */
export function recordOf(step: ScheduledSample, measured: Measured) {
  const { spansSent, metrics, result, counts } = measured;
  const { distinctSpans, spans, requests, wireBytes, bodyBytes } = counts;
  const books = result?.books;
  const warmup = measured.warmup ?? result?.warmup;
  const isTraced = describeArm(step.arm).side !== 'none';
  const isLost = isTraced && distinctSpans < (books?.delivered ?? spansSent);
  const problems = problemsOf(measured);
  return {
    status: isLost ? ('lost' as const) : ('ok' as const),
    ...(problems.length === 0 ? {} : { note: problems.join('; ') }),
    spansSent,
    spansDelivered: distinctSpans,
    spansReceived: spans,
    requests,
    wireBytes,
    bodyBytes,
    ...(result === undefined ? {} : { cpuSource: result.cpuSource }),
    ...(result?.threadSource === undefined ? {} : { threadSource: result.threadSource }),
    ...(result?.threads === undefined ? {} : { threads: result.threads }),
    ...(warmup === undefined ? {} : { warmup }),
    ...(books === undefined ? {} : { books }),
    metrics: {
      ...metrics,
      ...(isFaulty(step) ? {} : deliveryMetrics(counts, isTraced ? spansSent : 0)),
      ...mistakeMetrics(step, counts, isTraced),
    },
  };
}

function mistakeMetrics({ scenario }: ScheduledSample, counts: SinkCounts, isTraced: boolean): Metrics {
  const found = scenario.kind === 'mistake' ? findMistake(scenario) : undefined;
  return found === undefined ? {} : arrivedMetrics(found, counts, isTraced);
}

function problemsOf({ result, counts }: Measured): string[] {
  return [
    ...(result?.flushError === undefined ? [] : [result.flushError]),
    ...(counts.malformed > 0 ? [`${counts.malformed} malformed requests`] : []),
    ...(result?.books === undefined || isBalanced(result.books) ? [] : ['its books do not account for each span']),
  ];
}

function isFaulty({ scenario }: ScheduledSample): boolean {
  return scenario.kind === 'server' && scenario.backend !== undefined;
}

/** What a span took on the wire, packed and unpacked, and how many did not arrive. */
function deliveryMetrics({ distinctSpans, spans, wireBytes, bodyBytes }: SinkCounts, spansSent: number): Metrics {
  return {
    // A store that was asked instead of a sink knows no bodies.
    ...(distinctSpans > 0 && bodyBytes > 0
      ? { bodyBytesPerSpan: bodyBytes / spans, wireBytesPerSpan: wireBytes / spans }
      : {}),
    ...(spansSent > 0 ? { lostShare: Math.max(0, 1 - distinctSpans / spansSent) } : {}),
  };
}
