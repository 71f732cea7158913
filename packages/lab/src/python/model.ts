import type { Estimate } from '../statistics/bootstrap.js';

/** One question asked of Python libraries: a mistake or a method of the notes, or the case of the shared interpreter. */
export interface PythonCase {
  /** `method-A1`, `mistake-1.6`, `gil`. */
  readonly id: string;
  readonly title: string;
  /** What the notes say it costs, in their figures. */
  readonly claim?: string;
  /** The metric that the claim is about, and its unit. */
  readonly principalMetric: string;
  readonly unit: string;
}

/** One process run of a case, as the JSON file keeps it. */
export interface PythonSample {
  readonly case: string;
  /** What was traced with: `untraced`, `langfuse-2`, `langfuse-3`, `langfuse-5`, `opentelemetry`, `multiprocessing`. */
  readonly subject: string;
  /** `bad` and `good` for a mistake; the form of a script. Empty where a case has one form. */
  readonly variant: string;
  readonly round: number;
  readonly status: 'ok' | 'lost' | 'failed';
  readonly note?: string;
  readonly spansSent: number;
  readonly spansDelivered: number;
  /** Their units are in their names. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Latency over time where the case has it: milliseconds since the start, p50 and p99 of the requests of that slice. */
  readonly series?: readonly PythonSeriesPoint[];
}

/** A slice of a case's time. */
export interface PythonSeriesPoint {
  readonly atMs: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** True while a batch was being serialised or sent. */
  readonly isExporting?: boolean;
}

/** All samples of one case, subject and variant. */
export interface PythonSummary {
  readonly case: string;
  readonly subject: string;
  readonly variant: string;
  readonly samples: number;
  readonly failed: number;
  readonly lossy: number;
  readonly metrics: Readonly<Record<string, Estimate>>;
  readonly notes: readonly string[];
}

/** What the cost model says of a case before it is run. */
export interface PythonPrediction {
  readonly case: string;
  readonly subject: string;
  readonly variant: string;
  /** The case's principal metric. */
  readonly value: number;
  /** The sum in words: constants and how many of each. */
  readonly because: string;
}

/** The Python part of a run. */
export interface PythonResults {
  readonly format: 'slipstream-lab-python/1';
  /** The interpreter's version. */
  readonly python: string;
  /** `langfuse-2` → `2.60.10`. */
  readonly packages: Readonly<Record<string, string>>;
  readonly cases: readonly PythonCase[];
  /** Constants by micro-benchmarks alone, by name with their unit. */
  readonly constants: Readonly<Record<string, number>>;
  readonly predictions: readonly PythonPrediction[];
  readonly samples: readonly PythonSample[];
  readonly summaries: readonly PythonSummary[];
  /** What could not be run, by name, and why. */
  readonly skipped: readonly { readonly subject: string; readonly reason: string }[];
}
