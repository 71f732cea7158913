import { expect, test } from 'vitest';
import { cleanEnvironment } from './config.js';

test('settings that would change a library are not passed on', () => {
  const environment = { PATH: '/bin', DD_ENV: 'x', OTEL_SERVICE_NAME: 'x', LANGFUSE_HOST: 'x', NODE_OPTIONS: 'x' };
  expect(cleanEnvironment(environment)).toEqual({ PATH: '/bin' });
});
