import type { Arm } from './contract.js';
import { createDdTraceArm } from './dd-trace.js';
import { createLaminarArm } from './laminar.js';
import { createLangfuseArm } from './langfuse.js';
import { createLangfuse3Arm } from './langfuse-3.js';
import { createLangSmithArm } from './langsmith.js';
import { createOpenTelemetryArm } from './opentelemetry.js';
import { createOpikArm } from './opik.js';
import { createSentryArm } from './sentry.js';
import { createSlipstreamArm } from './slipstream.js';
import { createUntracedArm } from './untraced.js';

/** `none`: the work alone. `own`: Slipstream. `peer`: what it is compared with. */
export type ArmSide = 'none' | 'own' | 'peer';

/** What an arm is built on. */
export type Library =
  | 'none'
  | 'slipstream'
  | 'langfuse'
  | 'opentelemetry'
  | 'dd-trace'
  | 'laminar'
  | 'sentry'
  | 'opik'
  | 'langfuse-3'
  | 'langsmith';

/** What the reports and the schedule know about an arm without loading it. */
export interface ArmDescription {
  readonly name: string;
  readonly side: ArmSide;
  readonly library: Library;
  readonly captures: boolean;
  /** Peers' packages whose versions the report names. */
  readonly packages: readonly string[];
}

const LANGFUSE = ['@langfuse/tracing', '@langfuse/otel', '@opentelemetry/sdk-node'];
const OPENTELEMETRY = ['@opentelemetry/sdk-trace-node', '@opentelemetry/exporter-trace-otlp-proto'];

/** Every arm, in the order of the reports. */
export const ARMS = [
  { name: 'untraced', side: 'none', library: 'none', captures: false, packages: [] },
  { name: 'untraced-again', side: 'none', library: 'none', captures: false, packages: [] },
  { name: 'slipstream', side: 'own', library: 'slipstream', captures: true, packages: [] },
  { name: 'slipstream-capture-off', side: 'own', library: 'slipstream', captures: false, packages: [] },
  { name: 'langfuse', side: 'peer', library: 'langfuse', captures: true, packages: LANGFUSE },
  { name: 'langfuse-capture-off', side: 'peer', library: 'langfuse', captures: false, packages: LANGFUSE },
  { name: 'opentelemetry', side: 'peer', library: 'opentelemetry', captures: true, packages: OPENTELEMETRY },
  {
    name: 'opentelemetry-capture-off',
    side: 'peer',
    library: 'opentelemetry',
    captures: false,
    packages: OPENTELEMETRY,
  },
  { name: 'dd-trace', side: 'peer', library: 'dd-trace', captures: true, packages: ['dd-trace'] },
  { name: 'dd-trace-capture-off', side: 'peer', library: 'dd-trace', captures: false, packages: ['dd-trace'] },
  { name: 'laminar', side: 'peer', library: 'laminar', captures: true, packages: ['@lmnr-ai/lmnr'] },
  { name: 'sentry', side: 'peer', library: 'sentry', captures: true, packages: ['@sentry/node'] },
  { name: 'opik', side: 'peer', library: 'opik', captures: true, packages: ['opik'] },
  { name: 'langfuse-3', side: 'peer', library: 'langfuse-3', captures: true, packages: ['langfuse'] },
  { name: 'langsmith', side: 'peer', library: 'langsmith', captures: true, packages: ['langsmith'] },
] as const satisfies readonly ArmDescription[];

/** The name of an arm, as `--arms` takes it. */
export type ArmName = (typeof ARMS)[number]['name'];

/** Tells whether a string names an arm. */
export function isArmName(name: string): name is ArmName {
  return ARMS.some((arm) => arm.name === name);
}

/** The description of an arm. */
export function describeArm(name: ArmName): ArmDescription {
  const found: ArmDescription | undefined = ARMS.find((arm) => arm.name === name);
  return found ?? { name, side: 'none', library: 'none', captures: false, packages: [] };
}

/** Makes an arm; nothing of its library is imported before `load`. */
export function createArm(name: ArmName, peersUrl: string): Arm {
  const { library, captures } = describeArm(name);
  switch (library) {
    case 'none':
      return createUntracedArm();
    case 'slipstream':
      return createSlipstreamArm(captures);
    case 'langfuse':
      return createLangfuseArm(peersUrl, captures);
    case 'opentelemetry':
      return createOpenTelemetryArm(peersUrl, captures);
    case 'dd-trace':
      return createDdTraceArm(peersUrl, captures);
    case 'laminar':
      return createLaminarArm(peersUrl);
    case 'sentry':
      return createSentryArm(peersUrl);
    case 'opik':
      return createOpikArm(peersUrl);
    case 'langfuse-3':
      return createLangfuse3Arm(peersUrl);
    case 'langsmith':
      return createLangSmithArm(peersUrl);
  }
}
