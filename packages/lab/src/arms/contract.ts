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

/** True for what `await` would wait for. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
