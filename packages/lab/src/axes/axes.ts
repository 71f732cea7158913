import { CAPTURES } from './captures.js';
import { CLIENT_LIVES } from './client-lives.js';
import { FIRST_HOPS } from './first-hops.js';
import type { Axis, AxisId, Leaf } from './leaf.js';
import { SAMPLINGS } from './samplings.js';
import { SPAN_COUNTS } from './span-counts.js';
import { SPAN_MAKERS } from './span-makers.js';

/** The ids of each axis's leaves. */
export interface LeafIds {
  readonly A: (typeof SPAN_MAKERS)[number]['id'];
  readonly B: (typeof FIRST_HOPS)[number]['id'];
  readonly C: (typeof CAPTURES)[number]['id'];
  readonly D: (typeof SPAN_COUNTS)[number]['id'];
  readonly E: (typeof SAMPLINGS)[number]['id'];
  readonly F: (typeof CLIENT_LIVES)[number]['id'];
}

/** Any leaf's id. */
export type LeafId = LeafIds[AxisId];

/** One leaf on each axis: what an arm does. */
export type Placement = LeafIds;

/** Every way to trace, without overlap or gap: a way is one leaf on each axis. */
export const AXES: readonly Axis[] = [
  {
    id: 'A',
    question: 'Who creates the span?',
    explanation:
      "The points at which a call can be seen: the user's code, the client library, the framework, the loader, the network, the log, the kernel.",
    leaves: SPAN_MAKERS,
  },
  {
    id: 'B',
    question: 'What is the first hop off the serving thread?',
    explanation: 'Requests wait for what is done before it, and for nothing that is done after it.',
    leaves: FIRST_HOPS,
  },
  {
    id: 'C',
    question: "What of a call's values is kept?",
    explanation:
      'Bytes and script are factors beside it: a library that serialises on the serving thread pays for each character, one that copies pays for memory.',
    leaves: CAPTURES,
  },
  {
    id: 'D',
    question: 'How many spans, and how do they nest?',
    explanation: 'The work decides it, so that it belongs to the scenario rather than to the arm.',
    leaves: SPAN_COUNTS,
  },
  { id: 'E', question: 'Which traces are kept?', explanation: 'And when that is decided.', leaves: SAMPLINGS },
  {
    id: 'F',
    question: "How long does the library's client live?",
    explanation:
      'Set-up and the end of the process are the largest single prices that applications have been seen to pay.',
    leaves: CLIENT_LIVES,
  },
];

/** Every leaf of every axis. */
export function everyLeaf(): readonly Leaf[] {
  return AXES.flatMap(({ leaves }) => leaves);
}
