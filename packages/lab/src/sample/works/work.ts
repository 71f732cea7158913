/**
 * What is traced. `functions`: seven nested functions. `deep`: a hundred of them, each in the one before. `openai`:
 * calls of a model by the `openai` package. `langchain`: a chain of LangChain.
 */
export type WorkKind = 'functions' | 'deep' | 'openai' | 'langchain';

/** Work that an arm traces, ready to run. */
export interface TracedWork {
  /** Runs one trace. */
  readonly runTrace: () => Promise<unknown>;
  /** Functions, calls or steps of a trace, the same for every arm: what figures are for. */
  readonly unitsPerTrace: number;
  /** Spans that the arm makes of them. */
  readonly spansPerTrace: number;
  /** Characters that each span holds at least; absent where they differ from span to span. */
  readonly textPerSpan?: number;
  /** A trace waits for sockets, so that its time on the clock is no work. */
  readonly waitsForSockets: boolean;
  /** Resolves when nothing of the traces is under way any more, where more than promises are. */
  readonly settle?: () => Promise<void>;
}
