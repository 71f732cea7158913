import { expect, test } from 'vitest';
import { cleanEnvironment } from './config.js';

test('settings that would change a library are not passed on', () => {
  const ofLibraries = {
    DD_ENV: 'x',
    OTEL_SERVICE_NAME: 'x',
    LANGFUSE_HOST: 'x',
    LANGSMITH_TRACING: 'x',
    SENTRY_DSN: 'x',
  };
  expect(cleanEnvironment({ PATH: '/bin', ...ofLibraries, OPIK_API_KEY: 'x', NODE_OPTIONS: 'x' })).toEqual({
    PATH: '/bin',
  });
});
