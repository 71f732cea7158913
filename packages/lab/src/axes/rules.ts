import { AXES, type LeafId, type Placement } from './axes.js';

/** Leaves that make no sense together. */
export interface Rule {
  readonly leaf: LeafId;
  readonly never: readonly LeafId[];
  readonly why: string;
}

const EVERY_HOP: readonly LeafId[] = [
  'B.awaited-a-span',
  'B.batch-same-thread',
  'B.interpreter-thread',
  'B.isolated-thread',
  'B.child-process',
  'B.sidecar',
  'B.broker',
];
const EVERY_CLIENT: readonly LeafId[] = ['F.one', 'F.lazy', 'F.one-a-call', 'F.flush-a-request', 'F.short-lived'];
const MADE_IN_PROCESS: readonly LeafId[] = [
  'A.low-level-call',
  'A.observe-wrapper',
  'A.client-drop-in',
  'A.framework-callback',
  'A.opentelemetry-api',
  'A.module-hooks',
  'A.log-line',
];

/** Why some combinations are no way to trace. Whatever is in none of them makes sense. */
export const RULES: readonly Rule[] = [
  {
    leaf: 'A.nobody',
    never: [...EVERY_HOP, ...EVERY_CLIENT, 'C.metadata', 'C.bounded', 'C.full', 'C.masked', 'E.head', 'E.tail'],
    why: 'Where nobody makes a span there is nothing to send, to capture or to choose from, and no client.',
  },
  {
    leaf: 'A.gateway',
    never: [...EVERY_HOP, ...EVERY_CLIENT],
    why: 'The proxy makes the span in its own process: nothing but the model call leaves the serving thread, and the application has no client.',
  },
  {
    leaf: 'A.kernel-probe',
    never: [...EVERY_HOP, ...EVERY_CLIENT],
    why: 'The probe makes the span outside the process: nothing leaves the serving thread, and the application has no client.',
  },
  {
    leaf: 'B.none',
    never: MADE_IN_PROCESS,
    why: 'A span that is made in the process and never leaves it was made for nothing. Only benchmarks do that, to price a stage.',
  },
  {
    leaf: 'F.none',
    never: [...MADE_IN_PROCESS, ...EVERY_HOP],
    why: 'Whatever makes spans in the process, or takes them out of it, is a client that lives there.',
  },
  {
    leaf: 'A.gateway',
    never: ['D.deep-many'],
    why: 'A proxy sees model calls, side by side: it knows no functions, so that nothing nests.',
  },
  {
    leaf: 'A.kernel-probe',
    never: ['D.deep-many', 'C.metadata', 'C.masked'],
    why: 'At the level of reads and writes there are no functions that could nest, no values that the application chose, and no fields that a mask could be told about.',
  },
  {
    leaf: 'A.client-drop-in',
    never: ['D.deep-many'],
    why: 'A drop-in makes one span a model call and no levels of its own.',
  },
  {
    leaf: 'B.awaited-a-span',
    never: ['F.flush-a-request'],
    why: 'Each span was sent when it ended: a flush has nothing left to do.',
  },
  {
    leaf: 'F.one-a-call',
    never: ['B.isolated-thread', 'B.child-process'],
    why: 'A thread takes 20 to 60 ms to start and a process longer; nobody can pay that for each call. (In Slipstream a second client with equal settings is the first one.)',
  },
];

/** The rules that a way to trace breaks. */
export function brokenRules(placement: Placement): readonly Rule[] {
  const stands = new Set<LeafId>(Object.values(placement));
  return RULES.filter(({ leaf, never }) => stands.has(leaf) && never.some((other) => stands.has(other)));
}

/** How many combinations there are, and how many make sense. */
export function countCombinations(): { readonly all: number; readonly sensible: number } {
  const placements = AXES.reduce<readonly Partial<Placement>[]>(
    (before, { id, leaves }) =>
      before.flatMap((placement) => leaves.map((leaf): Partial<Placement> => ({ ...placement, [id]: leaf.id }))),
    [{}],
  ) as readonly Placement[];
  return {
    all: placements.length,
    sensible: placements.filter((placement) => brokenRules(placement).length === 0).length,
  };
}
