import type { ArmName } from '../arms/registry.js';
import type { Scenario } from './scenarios.js';

const TRACED: readonly ArmName[] = ['slipstream', 'langfuse', 'opentelemetry', 'dd-trace'];
/** Rounds of a full run for questions whose answer is hardly a matter of chance. */
const FEW_ROUNDS = 4;

/** How a process that is traced begins and ends, what a burst leaves, and the figures of our own programs. */
export function lifeScenarios(quick: boolean): Scenario[] {
  return [
    { name: 'startup', title: 'Import, set-up, first call', kind: 'startup', arms: TRACED },
    {
      name: 'burst-10000',
      title: '10,000 spans in one synchronous loop, then a flush',
      kind: 'burst',
      arms: TRACED,
      spans: 10_000,
      quickRounds: 1,
      fullRounds: FEW_ROUNDS,
    },
    {
      name: 'exit-return',
      title: 'A process that returns without a flush (10 traces)',
      kind: 'exit',
      arms: TRACED,
      traces: 10,
      how: 'return',
      quickRounds: 1,
      fullRounds: FEW_ROUNDS,
    },
    {
      name: 'exit-call',
      title: 'A process that calls process.exit(0) without a flush (10 traces)',
      kind: 'exit',
      arms: TRACED,
      traces: 10,
      how: 'process.exit',
      quickRounds: 1,
      fullRounds: FEW_ROUNDS,
    },
    {
      name: 'visible',
      title: "From the end of a span to the live list, by the library's own batching, into Slipstream's collector",
      kind: 'visible',
      arms: quick ? ['slipstream'] : ['slipstream', 'langfuse', 'opentelemetry'],
      traces: quick ? 10 : 5,
      pauseMs: 150,
      quickRounds: 1,
      // A peer's batch timer is five seconds.
      fullRounds: 2,
    },
    {
      name: 'collector-ready',
      title: "Start of Slipstream's collector on an empty directory",
      kind: 'figure',
      figure: 'collector-ready',
      arms: ['slipstream'],
      quickRounds: 2,
      fullRounds: FEW_ROUNDS,
    },
    {
      name: 'sdk-size',
      title: "Size of the SDK in an application's bundle",
      kind: 'figure',
      figure: 'sdk-size',
      arms: ['slipstream'],
      quickRounds: 1,
      fullRounds: 2,
    },
  ];
}
