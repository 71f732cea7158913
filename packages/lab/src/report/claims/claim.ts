/** From and to, in milliseconds. */
export interface RangeMs {
  readonly low: number;
  readonly high: number;
}

/** Where a scenario answers a claim: the first of the scenarios that has the arm. Names that a run has not are skipped. */
export interface JavaScriptCell {
  readonly arm: string;
  readonly scenarios: readonly string[];
}

/** What the notes say of a way to trace: so much on the main thread, by theory. */
export interface MethodClaim {
  readonly id: string;
  readonly title: string;
  /** The notes' words, in English. */
  readonly says: string;
  readonly range: RangeMs;
  /** What the range is for: a call, a function, a step. */
  readonly unit: string;
  readonly javascript: readonly JavaScriptCell[];
  readonly pythonCase: string;
}

/** What the notes say of a mistake and of its cure. The programs of `examples/mistakes` with its number answer it. */
export interface MistakeClaim {
  readonly id: string;
  readonly title: string;
  readonly says: string;
  /** What the mistake costs more than its cure, where the notes have a figure for it. */
  readonly cost?: RangeMs;
  /** Where they have one for a single span instead: what a Python case that measures spans is held against. */
  readonly spanCost?: RangeMs;
  /** `mistake`: the bad version is the dear one. `cure`: nothing is gained in time; the question is what the cure costs. */
  readonly asks: 'mistake' | 'cure';
  readonly pythonCases: readonly string[];
}
