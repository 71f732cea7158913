import type { ArmDefinition } from '../contract.js';
import { OPENTELEMETRY_AND_BATCH, OPENTELEMETRY_AND_REQUEST, SAMPLED_SHARE, withoutCapture } from '../place.js';
import { createOpenTelemetryArm } from './arm.js';
import { createOpenTelemetrySampledArm } from './sampled.js';

const SHARED = { side: 'peer', library: 'opentelemetry' } as const;
const PROTOBUF = ['@opentelemetry/sdk-trace-node', '@opentelemetry/exporter-trace-otlp-proto'] as const;
const JSON_PACKAGES = ['@opentelemetry/sdk-trace-node', '@opentelemetry/exporter-trace-otlp-http'] as const;

/** OpenTelemetry alone. */
export const OPENTELEMETRY_ARMS = [
  {
    ...SHARED,
    name: 'opentelemetry',
    captures: true,
    packages: PROTOBUF,
    place: OPENTELEMETRY_AND_BATCH,
    create: (peersUrl) => createOpenTelemetryArm(peersUrl, { capture: true, encoding: 'protobuf', sending: 'batch' }),
  },
  {
    ...SHARED,
    name: 'opentelemetry-json',
    captures: true,
    packages: JSON_PACKAGES,
    place: OPENTELEMETRY_AND_BATCH,
    create: (peersUrl) => createOpenTelemetryArm(peersUrl, { capture: true, encoding: 'json', sending: 'batch' }),
  },
  {
    ...SHARED,
    name: 'opentelemetry-simple',
    captures: true,
    packages: PROTOBUF,
    place: OPENTELEMETRY_AND_REQUEST,
    create: (peersUrl) => createOpenTelemetryArm(peersUrl, { capture: true, encoding: 'protobuf', sending: 'simple' }),
  },
  {
    ...SHARED,
    name: 'opentelemetry-simple-json',
    captures: true,
    packages: JSON_PACKAGES,
    place: OPENTELEMETRY_AND_REQUEST,
    create: (peersUrl) => createOpenTelemetryArm(peersUrl, { capture: true, encoding: 'json', sending: 'simple' }),
  },
  {
    ...SHARED,
    name: 'opentelemetry-sampled',
    captures: true,
    packages: PROTOBUF,
    place: { ...OPENTELEMETRY_AND_BATCH, E: 'E.head' },
    create: (peersUrl) => createOpenTelemetrySampledArm(peersUrl, SAMPLED_SHARE),
  },
  {
    ...SHARED,
    name: 'opentelemetry-capture-off',
    captures: false,
    packages: PROTOBUF,
    place: withoutCapture(OPENTELEMETRY_AND_BATCH),
    create: (peersUrl) => createOpenTelemetryArm(peersUrl, { capture: false, encoding: 'protobuf', sending: 'batch' }),
  },
] as const satisfies readonly ArmDefinition[];
