import { BRAINTRUST_ARMS } from './braintrust/definitions.js';
import type { Arm, ArmDefinition } from './contract.js';
import { DD_TRACE_ARMS } from './dd-trace/definitions.js';
import { LAMINAR_ARMS } from './laminar/definitions.js';
import { LANGFUSE_ARMS } from './langfuse/definitions.js';
import { LANGFUSE_3_ARMS } from './langfuse-3/definitions.js';
import { LANGSMITH_ARMS } from './langsmith/definitions.js';
import { OPENINFERENCE_ARMS } from './openinference/definitions.js';
import { OPENTELEMETRY_ARMS } from './opentelemetry/definitions.js';
import { OPIK_ARMS } from './opik/definitions.js';
import { PINO_ARMS } from './pino/definitions.js';
import { SENTRY_ARMS } from './sentry/definitions.js';
import { SLIPSTREAM_ARMS } from './slipstream/definitions.js';
import { TRACELOOP_ARMS } from './traceloop/definitions.js';
import { UNTRACED_ARMS } from './untraced/definitions.js';

/** Every arm, in the order of the reports. */
export const ARMS = [
  ...UNTRACED_ARMS,
  ...SLIPSTREAM_ARMS,
  ...LANGFUSE_ARMS,
  ...OPENTELEMETRY_ARMS,
  ...DD_TRACE_ARMS,
  ...LAMINAR_ARMS,
  ...SENTRY_ARMS,
  ...OPIK_ARMS,
  ...LANGFUSE_3_ARMS,
  ...LANGSMITH_ARMS,
  ...BRAINTRUST_ARMS,
  ...OPENINFERENCE_ARMS,
  ...TRACELOOP_ARMS,
  ...PINO_ARMS,
] as const satisfies readonly ArmDefinition[];

/** The name of an arm, as `--arms` takes it. */
export type ArmName = (typeof ARMS)[number]['name'];

/** The SDK of another commit, which a run has where it was asked for. */
export const AGAINST_ARM = 'slipstream-against' satisfies ArmName;

/** What an arm is built on. */
export type Library = (typeof ARMS)[number]['library'];

/** An arm of the registry. */
export type RegisteredArm = ArmDefinition & { readonly name: ArmName; readonly library: Library };

const BY_NAME: ReadonlyMap<string, RegisteredArm> = new Map(ARMS.map((arm) => [arm.name, arm]));

/** Tells whether a string names an arm. */
export function isArmName(name: string): name is ArmName {
  return BY_NAME.has(name);
}

/** The description of an arm. An unknown name, as in a report of another version, is one that traces nothing. */
export function describeArm(name: ArmName): RegisteredArm {
  const found = BY_NAME.get(name);
  return found ?? { ...UNTRACED_ARMS[0], name };
}

/** Makes an arm; nothing of its library is imported before `load`. */
export function createArm(name: ArmName, peersUrl: string, againstUrl?: string): Arm {
  return describeArm(name).create(peersUrl, againstUrl);
}

/** Whether two arms keep as much of as many traces, so that the price of one can be held against the other's. */
export function keepsAsMuch(one: ArmName, other: ArmName): boolean {
  const [left, right] = [describeArm(one), describeArm(other)];
  return left.captures === right.captures && left.place.E === right.place.E;
}
