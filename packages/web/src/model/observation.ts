import type { ObservationNode } from '@slipstream/query-api';

/** Whether it has started and not ended. An event is a moment: it has no end to wait for. */
export function isRunning(observation: Pick<ObservationNode, 'endTimeUs' | 'type'>): boolean {
  return observation.endTimeUs === null && observation.type !== 'event';
}

/** When it ended; for a running one `nowUs`, for an event its moment. Never before the start. */
export function endOf(observation: Pick<ObservationNode, 'startTimeUs' | 'endTimeUs' | 'type'>, nowUs: number): number {
  const endUs = observation.endTimeUs ?? (isRunning(observation) ? nowUs : observation.startTimeUs);
  return Math.max(endUs, observation.startTimeUs);
}
