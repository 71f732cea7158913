import type { Leaf } from './leaf.js';

/** Axis E: which traces are kept. */
export const SAMPLINGS = [
  {
    id: 'E.all',
    title: 'all',
    explanation: 'Every span that is made is kept. The full price for each.',
  },
  {
    id: 'E.head',
    title: 'head',
    explanation:
      'The trace id decides at the start. What is kept costs the full price, the rest the price of a span that is not recorded: the context still has to be carried along (0.5 to 1 µs in OpenTelemetry). Rare errors are missed in proportion. It is a share of the full price and a share of almost nothing; examples/mistakes has a client that keeps 5 % beside one that keeps all.',
    published: [
      {
        text: 'a sample rate of 0 in dd-trace still allocated every span and saved nothing, as users reported',
        source: 'https://github.com/DataDog/dd-trace-js/issues/543',
      },
    ],
  },
  {
    id: 'E.tail',
    title: 'tail',
    explanation:
      'The trace is judged when it has ended: errors and slow ones are kept. Every span has to be made, captured and held until then, so that the serving thread saves nothing; network and storage do. It belongs behind the first hop.',
    whyNotRun: 'The serving thread does the same as with all; the collector decides.',
  },
] as const satisfies readonly Leaf[];
