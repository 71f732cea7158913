/** Decisions that do not depend on each other. */
export type AxisId = 'A' | 'B' | 'C' | 'D' | 'E' | 'F';

/** A figure that somebody else found, and where it stands. */
export interface PublishedFigure {
  readonly text: string;
  readonly source: string;
}

/** Samples of the Python part that stand on a leaf. */
export interface PythonPlace {
  readonly cases: readonly string[];
  readonly subjects: readonly string[];
}

/** One way to decide. */
export interface Leaf<Id extends string = string> {
  /** Axis and name, such as `A.observe-wrapper`. */
  readonly id: Id;
  readonly title: string;
  /** Who does it, and what it costs in principle. */
  readonly explanation: string;
  /** Why no arm stands on it; every leaf without an arm has one. */
  readonly whyNotRun?: string;
  /** Python runs apart from the arms. */
  readonly python?: PythonPlace;
  readonly published?: readonly PublishedFigure[];
}

/** A question, and every answer to it: an application gives exactly one. */
export interface Axis {
  readonly id: AxisId;
  readonly question: string;
  readonly explanation: string;
  readonly leaves: readonly Leaf[];
}
