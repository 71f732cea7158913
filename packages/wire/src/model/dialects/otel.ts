import type { Dialect } from '../dialect.js';

/** OpenTelemetry's general conventions. */
export const OTEL: Dialect = {
  title: 'OpenTelemetry',
  prefixes: ['deployment.', 'service.', 'enduser.'],
  userId: ['enduser.id'],
  environment: ['deployment.environment.name', 'deployment.environment'],
  version: ['service.version'],
};
