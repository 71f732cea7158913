import type { Placement } from '../axes/axes.js';

/** What a span stands for; libraries without such types ignore it. */
export type SpanKind = 'span' | 'generation';

/** What became of a library's spans, by its own books. */
export interface ArmBooks {
  /** Spans begun. */
  readonly started: number;
  /** Begun and not ended. */
  readonly open: number;
  readonly sampledOut: number;
  /** Ended, and neither delivered nor dropped. */
  readonly pending: number;
  readonly delivered: number;
  /** By reason. */
  readonly dropped: Readonly<Record<string, number>>;
}

/**
 * One way to trace, with its documented defaults. The sample process drives exactly one arm, in this order:
 * `load`, `setUp`, `wrap` (any number), the wrapped functions, `flush` (any number), `tearDown`.
 */
export interface Arm {
  /** Imports the library: nothing of it may be imported before. Timed by the start-up scenario. */
  load(): Promise<void>;
  /** Makes the library ready to trace and to send to the sink. Timed by the start-up scenario. */
  setUp(sinkUrl: string): void;
  /**
   * Returns a function that makes one span around each call, nested in the span that is active, and captures the
   * input and what the call gives back (awaited when it is a promise). A synchronous function stays synchronous.
   */
  wrap<Input, Output>(name: string, work: (input: Input) => Output, kind: SpanKind): (input: Input) => Output;
  /**
   * Resolves when the library says that all ended spans were sent, or, where it can be told how long to try, after that
   * time; rejects when the library does.
   */
  flush(limitMs?: number): Promise<void>;
  /** The library's own books, where it keeps any. */
  books?(): ArmBooks;
  /** Ends the library's work, so that the process can end by itself. */
  tearDown(): Promise<void>;
}

/** `none`: the work alone. `own`: Slipstream. `peer`: what it is compared with. */
export type ArmSide = 'none' | 'own' | 'peer';

/** What stands beside an arm instead of the sink, where it cannot do without: Slipstream's collector, a Redis. */
export type ArmBackend = 'collector' | 'redis';

/** What the reports and the schedule know about an arm without loading it. */
export interface ArmDescription {
  /** As `--arms` takes it. */
  readonly name: string;
  readonly side: ArmSide;
  /** What it is built on: arms of one library share a cost model. */
  readonly library: string;
  /** Inputs and outputs, in full or cut. */
  readonly captures: boolean;
  /** Peers' packages whose versions the report names. */
  readonly packages: readonly string[];
  /** One leaf an axis; the scenario can decide D and F otherwise. */
  readonly place: Placement;
  readonly backend?: ArmBackend;
}

/** An arm and how it is made. Each folder of `arms` has those of one library, and says in its README what is stubbed. */
export interface ArmDefinition extends ArmDescription {
  /** @param peersUrl folder of the peers, as a URL that ends in a slash */
  readonly create: (peersUrl: string) => Arm;
}

/** True for what `await` would wait for. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
