import { SPANS_PER_TRACE } from '../sample/traced-work.js';
import type { SinkFault } from '../sink/faults.js';
import type { BackendKind, Scenario } from './scenarios.js';
import { type SinkProcess, startSinkProcess } from './sink-process.js';

const SLOWER_THAN_LOAD = 10;
const UNAVAILABLE = 503;

/** Where the processes are that can stand in the sink's place. */
export interface BackendPlaces {
  readonly sinkModule: string;
  readonly collectorModule: string;
}

type ServerScenario = Extract<Scenario, { kind: 'server' }>;

/** Starts what a server scenario wants in the sink's place. */
export function startBackend(
  backend: BackendKind,
  { requestsPerSecond }: ServerScenario,
  places: BackendPlaces,
): Promise<SinkProcess> {
  if (backend === 'collector') return startSinkProcess(places.collectorModule);
  const spansPerSecond = (requestsPerSecond * SPANS_PER_TRACE) / SLOWER_THAN_LOAD;
  return startSinkProcess(places.sinkModule, { fault: faultOf(backend, spansPerSecond) });
}

function faultOf(backend: Exclude<BackendKind, 'collector'>, spansPerSecond: number): SinkFault {
  switch (backend) {
    case 'refusing':
    case 'hanging':
      return { kind: backend };
    case 'answering-503':
      return { kind: 'answering', status: UNAVAILABLE };
    case 'slow':
      return { kind: 'slow', spansPerSecond };
  }
}
