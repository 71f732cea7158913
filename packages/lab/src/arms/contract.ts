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

/** Modules of the peers' folder that the measured work uses, whole: what an instrumentation patches. */
export interface InstrumentedModules {
  /** The `openai` package's namespace, with the class `OpenAI` in it. */
  readonly openai: Readonly<Record<string, unknown>>;
}

/**
 * One way to trace, with its documented defaults. The sample process drives exactly one arm, in this order:
 * `load`, `setUp`, `instrument`, `wrap`, `wrapClient` and `callbacks` (any number), the traced work, `flush` (any
 * number), `tearDown`. Which of the four the work asks for depends on its kind: `functions` and `deep` on `wrap`,
 * `openai` on `instrument` and `wrapClient`, `langchain` on `callbacks`.
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
   * For the work `openai`: patches the package before the first client is made, as an instrumentation does
   * (OpenInference's `manuallyInstrument`, Traceloop's `instrumentModules`).
   */
  instrument?(modules: InstrumentedModules): void;
  /**
   * For the work `openai`: gives back the client that the application then uses (`observeOpenAI`), in which each call of
   * a model makes one span. Without it the application uses the client as it is.
   */
  wrapClient?<Client extends object>(client: Client): Client;
  /** For the work `langchain`: the handlers that a chain is invoked with. Asked for once, as one serves all requests. */
  callbacks?(): readonly unknown[];
  /**
   * Resolves when the library says that all ended spans were sent, or, where it can be told how long to try, after that
   * time; rejects when the library does.
   */
  flush(limitMs?: number): Promise<void>;
  /** For arms that sample: spans that were kept since the process began, so that others are not missed. */
  keptSpans?(): number;
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
  /** Spans that it makes for a trace of the work `openai` or `langchain`, where that is not one for each call or step. */
  readonly spansPerTrace?: number;
}

/** An arm and how it is made. Each folder of `arms` has those of one library, and says in its README what is stubbed. */
export interface ArmDefinition extends ArmDescription {
  /**
   * @param peersUrl folder of the peers, as a URL that ends in a slash
   * @param againstUrl the SDK of another commit, where the run compares with one
   */
  readonly create: (peersUrl: string, againstUrl?: string) => Arm;
}

/** True for what `await` would wait for. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
