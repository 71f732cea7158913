import { ATTRIBUTE, type Observation, readExportRequest, type Span, toObservation } from '@slipstream/wire';
import { encodePieces } from '../span-batches.js';
import type { SpanPiece } from '../span-pieces.js';

/** US dollars by kind for an observation whose sender reported no cost; `undefined` where that is unknown. */
export type ComputeCost = (observation: Observation) => ReadonlyMap<string, number> | undefined;

/** What a sampling rule looks at. */
export interface SpanFacts {
  readonly isError: boolean;
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly costUsd: number;
}

/** Gives an observation when it is asked for. */
type LazyObservation = () => Observation;

/** The facts of an entry's spans. Nothing is read before it is needed, and then the entry at once. */
export class EntryFacts {
  readonly #payload: Uint8Array;
  readonly #pieces: readonly SpanPiece[];
  readonly #computeCost: ComputeCost;
  #observations: readonly LazyObservation[] | undefined;

  constructor(payload: Uint8Array, pieces: readonly SpanPiece[], computeCost: ComputeCost) {
    this.#payload = payload;
    this.#pieces = pieces;
    this.#computeCost = computeCost;
  }

  /** Of one piece by its place; `undefined` for a span that cannot be read. */
  of(index: number): SpanFacts | undefined {
    this.#observations ??= readObservations(this.#payload);
    const isAligned = this.#observations.length === this.#pieces.length;
    const piece = this.#pieces[index];
    // Where something was left out before, places no longer agree.
    const observation = isAligned
      ? this.#observations[index]?.()
      : piece && readObservations(encodePieces([piece]))[0]?.();
    return observation && toFacts(observation, this.#computeCost);
  }
}

/** The completed spans, in the order of the bytes. */
function readObservations(payload: Uint8Array): LazyObservation[] {
  return readExportRequest(payload).request.resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ scope, spans }) =>
      spans.filter((span) => !isRunning(span)).map((span) => () => toObservation(span, resource, scope)),
    ),
  );
}

function isRunning({ attributes }: Span): boolean {
  return attributes.some(({ key, value }) => key === ATTRIBUTE.spanRunning && value === true);
}

function toFacts(observation: Observation, computeCost: ComputeCost): SpanFacts {
  const { startTimeUnixNano, endTimeUnixNano, level } = observation;
  return {
    isError: level === 'ERROR',
    startNs: startTimeUnixNano,
    endNs: endTimeUnixNano ?? startTimeUnixNano,
    costUsd: costOf(observation, computeCost),
  };
}

/** As the store counts it: what the sender reports wins. */
function costOf(observation: Observation, computeCost: ComputeCost): number {
  const { costDetails } = observation;
  const details = costDetails.size > 0 ? costDetails : computeCost(observation);
  if (details === undefined) return 0;
  const total = details.get('total');
  if (total !== undefined) return Number.isFinite(total) ? total : 0;
  return [...details.values()].filter(Number.isFinite).reduce((sum, cost) => sum + cost, 0);
}
