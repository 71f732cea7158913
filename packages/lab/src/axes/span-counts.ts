import type { Leaf } from './leaf.js';

/** Axis D: how many spans, and how they nest. */
export const SPAN_COUNTS = [
  {
    id: 'D.single',
    title: 'one span',
    explanation: 'One call is traced: the entry of a request, or one model call. The fixed price once.',
  },
  {
    id: 'D.nested-few',
    title: 'a few, nested',
    explanation:
      'A root, its steps and what they call: here 7 spans in 3 levels, with input and output at every level. The price is the number of spans times that of one, if no library does work that grows with what is open.',
  },
  {
    id: 'D.flat-many',
    title: 'many, side by side',
    explanation:
      'Thousands of short spans in a loop: 10,000 in one synchronous loop here. No timer and no socket gets a turn meanwhile, so that a library which needs one to make room loses spans.',
  },
  {
    id: 'D.deep-many',
    title: 'many, deep',
    explanation:
      'Every function of a call tree traced, dozens of levels deep. Contexts are stacked and each level captures again what the level below it captured, so that bytes grow with the depth; a level that says nothing costs as much as one that does. Here 100 functions, each inside the one before it.',
  },
] as const satisfies readonly Leaf[];
