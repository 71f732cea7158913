/** Which traces a destination gets; the decision is made for a whole trace once it has been quiet for a while. */
export interface TailSamplingSettings {
  /** The share of the traces that no other rule keeps, from 0 to 1, by trace id. */
  readonly sampleRate: number;
  /** Keep traces with an observation of level ERROR. @default true */
  readonly keepErrors: boolean;
  /** Keep traces that took longer, in milliseconds. */
  readonly keepSlowerThanMs?: number | undefined;
  /** Keep traces that cost more, in US dollars. */
  readonly keepCostlierThanUsd?: number | undefined;
  /** How long after the last news of a trace the decision is made, in milliseconds. @default 10,000 */
  readonly decisionWaitMs: number;
}

/** Another backend that gets a copy of everything, or of what tail sampling keeps. */
export interface ForwardSettings {
  /** Names its cursor, dead-letter file and metrics: 1 to 64 of a-z, 0-9 and "-"; not `store`. */
  readonly name: string;
  /** `otlp`: any OTLP/HTTP backend; `langfuse`: its path, keys, header and limits. */
  readonly kind: 'otlp' | 'langfuse';
  /** For `otlp` the full address of the traces path, or a base that gets `/v1/traces`; for `langfuse` its base. */
  readonly url: string;
  /** Sent with each request; values are secret. @default {} */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Langfuse's keys. */
  readonly publicKey?: string | undefined;
  readonly secretKey?: string | undefined;
  /** Without it every trace goes. */
  readonly sampling?: TailSamplingSettings | undefined;
  /** One request may take this long, in milliseconds. @default 30,000 */
  readonly timeoutMs?: number | undefined;
  /** Spans that could not be delivered for this long are buried; without it they wait for ever. */
  readonly maxAgeMs?: number | undefined;
}
