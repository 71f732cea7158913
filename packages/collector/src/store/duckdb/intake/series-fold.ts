// Hot path: at most 0.5 µs of the store's thread for a span.
import { bucketOf } from '../../series.js';
import type { StoredObservation } from '../schema/observation-columns.js';
import type { SeriesRow } from '../schema/series-columns.js';
import { cut } from './trace-state.js';

/** What is counted of an observation. */
export type Counted = Pick<
  StoredObservation,
  | 'service'
  | 'environment'
  | 'type'
  | 'name'
  | 'startTimeUnixNano'
  | 'endTimeUnixNano'
  | 'level'
  | 'costUsd'
  | 'totalTokens'
>;

/**
 * Of one batch; upkeep holds whole minutes to the same. What is beyond is counted without its name, so that a sender who
 * puts an id into every name cannot make the sums as large as the spans.
 */
export const MAX_SERIES_NAMES = 300;
/** Pairs of service and environment. */
export const MAX_SERIES_SOURCES = 50;

/** A filter cannot ask for more. */
const MAX_TEXT_CHARS = 1000;

const NS_PER_MINUTE = 60_000_000_000n;
/** There are some 390. */
const BUCKETS = 512;

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** Rows by minute and bucket, of one service, environment, name and type. */
type Cells = Map<number, Mutable<SeriesRow>>;

interface Source {
  readonly service: string | undefined;
  readonly environment: string | undefined;
  readonly names: Map<string | undefined, Map<string, Cells>>;
  /** Whether names are kept apart. */
  readonly isNamed: boolean;
}

/** What a batch adds to the sums over time. */
export class SeriesFold {
  readonly #sources = new Map<string | undefined, Map<string | undefined, Source>>();
  readonly #others: Source = { service: undefined, environment: undefined, names: new Map(), isNamed: false };
  readonly #rows: Mutable<SeriesRow>[] = [];
  #sourceCount = 0;
  #lastSource: Source | undefined;
  #lastService: string | undefined;
  #lastEnvironment: string | undefined;
  /** Most spans of a batch begin in one minute, and comparing is cheaper than dividing. */
  #minuteFromNs = 0n;
  #minuteToNs = 0n;
  #minute = 0;
  /** Keys are small numbers when they count from here, which maps look up faster. */
  #firstMinute: number | undefined;

  /** Rows at most. */
  get rowCount(): number {
    return this.#rows.length;
  }

  /** What has changed, if anything. */
  get rows(): readonly SeriesRow[] {
    return this.#rows.filter(
      (row) => row.spans !== 0 || row.errors !== 0 || row.costUsd !== 0 || row.totalTokens !== 0,
    );
  }

  add(observation: Counted): void {
    this.#count(observation, 1);
  }

  /** Takes back what an earlier version added, in this batch or in another. */
  remove(observation: Counted): void {
    this.#count(observation, -1);
  }

  #count(observation: Counted, sign: 1 | -1): void {
    const { startTimeUnixNano: startNs, endTimeUnixNano: endNs, costUsd, totalTokens } = observation;
    if (endNs === undefined) return;
    const row = this.#row(observation, this.#minuteOf(startNs), bucketOf(Number(endNs - startNs)));
    row.spans += sign;
    if (observation.level === 'ERROR') row.errors += sign;
    if (costUsd !== undefined && Number.isFinite(costUsd)) row.costUsd += sign * costUsd;
    if (Number.isFinite(totalTokens)) row.totalTokens += sign * totalTokens;
  }

  #row({ service, environment, type, name }: Counted, minute: number, bucket: number): Mutable<SeriesRow> {
    const source = this.#source(service, environment);
    const kept = source.isNamed ? short(name) : undefined;
    const types = source.names.get(kept) ?? this.#addName(source, kept);
    let cells = types.get(type);
    if (cells === undefined) {
      cells = new Map();
      types.set(type, cells);
    }
    this.#firstMinute ??= minute;
    const key = (minute - this.#firstMinute) * BUCKETS + bucket;
    let row = cells.get(key);
    if (row === undefined) {
      row = {
        minute,
        service: source.service,
        environment: source.environment,
        type,
        name: types === source.names.get(undefined) ? undefined : kept,
        bucket,
        spans: 0,
        errors: 0,
        costUsd: 0,
        totalTokens: 0,
      };
      cells.set(key, row);
      this.#rows.push(row);
    }
    return row;
  }

  #addName({ names }: Source, name: string | undefined): Map<string, Cells> {
    const kept = names.size < MAX_SERIES_NAMES ? name : undefined;
    const types = names.get(kept) ?? new Map<string, Cells>();
    names.set(kept, types);
    return types;
  }

  #source(service: string | undefined, environment: string | undefined): Source {
    if (this.#lastSource && service === this.#lastService && environment === this.#lastEnvironment) {
      return this.#lastSource;
    }
    const environments = this.#sources.get(service);
    const source = environments?.get(environment) ?? this.#addSource(service, environment);
    this.#lastSource = source;
    this.#lastService = service;
    this.#lastEnvironment = environment;
    return source;
  }

  #addSource(service: string | undefined, environment: string | undefined): Source {
    if (this.#sourceCount >= MAX_SERIES_SOURCES) return this.#others;
    this.#sourceCount += 1;
    const source = { service: short(service), environment: short(environment), names: new Map(), isNamed: true };
    const environments = this.#sources.get(service) ?? new Map<string | undefined, Source>();
    this.#sources.set(service, environments);
    environments.set(environment, source);
    return source;
  }

  #minuteOf(startNs: bigint): number {
    if (startNs < this.#minuteFromNs || startNs >= this.#minuteToNs) {
      const minute = startNs / NS_PER_MINUTE;
      this.#minuteFromNs = minute * NS_PER_MINUTE;
      this.#minuteToNs = this.#minuteFromNs + NS_PER_MINUTE;
      this.#minute = Number(minute);
    }
    return this.#minute;
  }
}

function short(text: string | undefined): string | undefined {
  return text !== undefined && text.length > MAX_TEXT_CHARS ? cut(text, MAX_TEXT_CHARS) : text;
}
