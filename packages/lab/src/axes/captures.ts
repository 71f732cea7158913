import type { Leaf } from './leaf.js';

/** Axis C: what of a call's values is kept. How many bytes, and in which script, are factors beside it. */
export const CAPTURES = [
  {
    id: 'C.off',
    title: 'off',
    explanation:
      'Names, times and parents, no values. What is left is the fixed price of a span; input and output of any size cost the same.',
  },
  {
    id: 'C.metadata',
    title: 'metadata',
    explanation:
      'A few small values that the application chooses (ids, a message cut to 200 characters, tokens, the model) instead of its arguments. Ten attributes are one to three microseconds in most libraries. It is the cure of two mistakes in examples/mistakes.',
  },
  {
    id: 'C.bounded',
    title: 'bounded',
    explanation:
      'Values are kept up to a limit that everyday values reach: dd-trace cuts at 25,000 characters. The price stops growing there, if the limit is looked at before the value is serialised.',
  },
  {
    id: 'C.full',
    title: 'full',
    explanation:
      'Arguments and results as they are, up to a limit that only an accident reaches (256 KiB a value in Slipstream, 1 MB an event in Langfuse 3). The price grows with every byte: a copy where another thread serialises, JSON and an encoder where the serving thread does.',
  },
  {
    id: 'C.masked',
    title: 'masked',
    explanation:
      'Everything is captured, and what must not leave is replaced: a regular expression over each text. On the serving thread a single simple pattern costs more than JSON does (the constant maskNsPerKichar); in a worker it costs the request nothing. Two arms replace addresses and phone numbers: one of a library that masks on the serving thread, one of Slipstream, whose worker does.',
  },
] as const satisfies readonly Leaf[];
