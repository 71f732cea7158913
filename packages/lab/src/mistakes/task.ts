import { pathToFileURL } from 'node:url';
import type { ArmName } from '../arms/registry.js';
import { LabProcessError } from '../errors.js';
import type { Scenario } from '../runner/scenarios.js';
import type { MistakeTask, SampleSetting } from '../sample/protocol.js';
import { findMistake, libraryOf, programPath } from './scenarios.js';

/** What a sample process is told about a program of `examples/mistakes`. */
export function mistakeTask(
  scenario: Extract<Scenario, { kind: 'mistake' }>,
  arm: ArmName,
  setting: SampleSetting,
  directory: string | undefined,
): MistakeTask {
  const found = findMistake(scenario);
  if (found === undefined || directory === undefined)
    throw new LabProcessError(`there are no programs of ${scenario.name}`);
  const library = libraryOf(arm);
  const base = pathToFileURL(`${directory}/`).href;
  const { requests, paceMs, warmupRequests } = found.mistake;
  return {
    ...setting,
    kind: 'mistake',
    programUrl: new URL(programPath(found, library), base).href,
    requestsUrl: new URL('lesson/requests.mjs', base).href,
    requests,
    paceMs,
    warmupRequests,
    certainSpansPerRequest: library === undefined ? 0 : found.version.counts[library].certainSpansPerRequest,
  };
}
