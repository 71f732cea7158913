import { type CostSource, type Observation, readExportRequest, summarizeUsage, toObservation } from '@slipstream/wire';
import type { StoredObservation } from '../schema/observation-columns.js';

/** US dollars by kind that an observation without a reported cost is worth, or `undefined` where that is unknown. */
export type ComputeCost = (observation: Observation) => ReadonlyMap<string, number> | undefined;

/** The observations of one queue entry, or `undefined` where it cannot be decoded. */
export function decodePayload(payload: Uint8Array, computeCost: ComputeCost): StoredObservation[] | undefined {
  const observations: StoredObservation[] = [];
  try {
    for (const { resource, scopeSpans } of readExportRequest(payload).request.resourceSpans) {
      for (const { scope, spans } of scopeSpans) {
        for (const span of spans) {
          observations.push(toStoredObservation(toObservation(span, resource, scope), computeCost));
        }
      }
    }
  } catch {
    // Whatever is wrong with it, the caller keeps the bytes of an undecodable entry in its dead-letter file.
    return undefined;
  }
  return observations;
}

/** The last time that the database can keep (in the year 2262); OTLP's unsigned 64 bits reach further. */
const LAST_TIME_NS = 2n ** 63n - 1n;

function clampTime(timeUnixNano: bigint): bigint {
  return timeUnixNano > LAST_TIME_NS ? LAST_TIME_NS : timeUnixNano;
}

/** A text can name any year; what the database cannot keep is no time of a completion. */
function plausibleTime(timeUnixNano: bigint | undefined): bigint | undefined {
  return timeUnixNano === undefined || timeUnixNano < 0n || timeUnixNano > LAST_TIME_NS ? undefined : timeUnixNano;
}

type Draft<T> = { -readonly [Field in keyof T]: T[Field] };

/** Completes the observation in place, field by field: a copy of its forty fields would cost as much as decoding it. */
function toStoredObservation(observation: Observation, computeCost: ComputeCost): StoredObservation {
  const stored = observation as Draft<StoredObservation>;
  const { details, source } = costOf(observation, computeCost);
  const { inputTokens, outputTokens, totalTokens } = summarizeUsage(observation.usageDetails);
  stored.startTimeUnixNano = clampTime(observation.startTimeUnixNano);
  stored.endTimeUnixNano = observation.endTimeUnixNano && clampTime(observation.endTimeUnixNano);
  stored.completionStartTimeUnixNano = plausibleTime(observation.completionStartTimeUnixNano);
  stored.costDetails = details;
  stored.costSource = source;
  stored.inputTokens = inputTokens;
  stored.outputTokens = outputTokens;
  stored.totalTokens = totalTokens;
  stored.costUsd = source === 'none' ? undefined : totalCost(details);
  return stored;
}

function costOf(
  observation: Observation,
  computeCost: ComputeCost,
): { readonly details: ReadonlyMap<string, number>; readonly source: CostSource } {
  const { costSource } = observation;
  if (costSource !== undefined) return { details: observation.costDetails, source: costSource };
  if (observation.costDetails.size > 0) return { details: observation.costDetails, source: 'reported' };
  const computed = computeCost(observation);
  return computed ? { details: computed, source: 'computed' } : { details: observation.costDetails, source: 'none' };
}

function totalCost(details: ReadonlyMap<string, number>): number {
  const total = details.get('total');
  if (total !== undefined) return total;
  let sum = 0;
  for (const value of details.values()) if (Number.isFinite(value)) sum += value;
  return sum;
}
