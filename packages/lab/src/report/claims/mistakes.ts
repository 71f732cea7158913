import type { MistakeClaim } from './claim.js';

/** The mistakes of the notes, with the figures given there. */
export const MISTAKE_CLAIMS: readonly MistakeClaim[] = [
  {
    id: '1.1',
    title: 'a client made lazily, or anew on each use',
    says: 'The first traced call takes 0.681 s longer, and 0.0003 s where the client is made at start; each making of a client takes about 0.1 s, against 0.002 to 0.01 s afterwards.',
    cost: { low: 90, high: 681 },
    asks: 'mistake',
    pythonCases: ['mistake-1.1'],
  },
  {
    id: '1.2',
    title: 'too many nested levels traced',
    says: 'Each traced child adds 2 to 10 ms, and a traced parent takes 20 ms more than the sum of its children, whether or not those are traced.',
    spanCost: { low: 2, high: 10 },
    asks: 'mistake',
    pythonCases: ['mistake-1.2'],
  },
  {
    id: '1.3',
    title: 'long JSON captured as input and output',
    says: 'A step of a request that reads Redis takes 0.3 to 0.7 s, and 0.01 to 0.03 s mainly with capture off; @observe adds 10 to 20 ms elsewhere.',
    cost: { low: 270, high: 690 },
    asks: 'mistake',
    pythonCases: ['mistake-1.3'],
  },
  {
    id: '1.4',
    title: 'capture switched off, and nothing in its place',
    says: 'Nothing is left to search for; light metadata (ids, a message cut to 200 characters) on the right level belongs there.',
    asks: 'cure',
    pythonCases: ['mistake-1.4'],
  },
  {
    id: '1.5',
    title: 'Langfuse(...) instead of get_client()',
    says: 'Arguments of a second construction are ignored in silence; a look-up takes 0.01 ms against 0.001 ms, which is 10 ms a second at 1,000 requests a second.',
    cost: { low: 0.009, high: 0.01 },
    asks: 'mistake',
    pythonCases: ['mistake-1.5'],
  },
  {
    id: '1.6',
    title: 'the thread that exports shares the interpreter',
    says: 'p95 to p99 of 30 ms become 1.5 s while a batch is being serialised.',
    cost: { low: 1_000, high: 1_500 },
    asks: 'mistake',
    pythonCases: ['mistake-1.6', 'gil', 'gil-large', 'gil-collector', 'gil-multiprocessing'],
  },
];
