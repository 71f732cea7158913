import type { ArmDefinition } from '../contract.js';
import { OPENTELEMETRY_AND_BATCH, withoutCapture } from '../place.js';
import { createOpenTelemetryArm } from './arm.js';

const SHARED = {
  side: 'peer',
  library: 'opentelemetry',
  packages: ['@opentelemetry/sdk-trace-node', '@opentelemetry/exporter-trace-otlp-proto'],
} as const;

/** OpenTelemetry alone. */
export const OPENTELEMETRY_ARMS = [
  {
    ...SHARED,
    name: 'opentelemetry',
    captures: true,
    place: OPENTELEMETRY_AND_BATCH,
    create: (peersUrl) => createOpenTelemetryArm(peersUrl, true),
  },
  {
    ...SHARED,
    name: 'opentelemetry-capture-off',
    captures: false,
    place: withoutCapture(OPENTELEMETRY_AND_BATCH),
    create: (peersUrl) => createOpenTelemetryArm(peersUrl, false),
  },
] as const satisfies readonly ArmDefinition[];
