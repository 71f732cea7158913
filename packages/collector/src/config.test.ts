import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readCollectorConfig } from './config.js';
import { CollectorError } from './errors.js';
import { findSettingProblems, isLoopback } from './settings.js';

function problemsOf(environment: NodeJS.ProcessEnv): readonly string[] {
  try {
    readCollectorConfig(environment);
    return [];
  } catch (error) {
    if (error instanceof CollectorError && error.code === 'INVALID_CONFIG') return error.problems;
    throw error;
  }
}

describe('readCollectorConfig', () => {
  it('needs nothing', () => {
    const settings = readCollectorConfig({});
    expect(settings.dataDirectory).toBe(resolve('.slipstream'));
    expect(settings.uiDirectory).toMatch(/web[\\/]dist$/);
    expect(settings).toMatchObject({ host: undefined, port: undefined, token: undefined });
  });

  it('reads every variable, and takes an empty one as not set', () => {
    const settings = readCollectorConfig({
      SLIPSTREAM_COLLECTOR_HOST: '0.0.0.0',
      SLIPSTREAM_COLLECTOR_PORT: '0',
      SLIPSTREAM_COLLECTOR_DATA_DIR: 'data',
      SLIPSTREAM_COLLECTOR_TOKEN: 'a-token-of-some-length',
      SLIPSTREAM_COLLECTOR_ALLOWED_HOSTS: 'a.example, b.example,',
      SLIPSTREAM_COLLECTOR_UI_DIRECTORY: '',
      SLIPSTREAM_COLLECTOR_PRICE_FILE: 'prices.json',
      SLIPSTREAM_COLLECTOR_MAX_BODY_BYTES: '1',
      SLIPSTREAM_COLLECTOR_MAX_INFLATED_BYTES: '2',
      SLIPSTREAM_COLLECTOR_MAX_INFLIGHT_BYTES: '3',
      SLIPSTREAM_COLLECTOR_BODY_TIMEOUT_MS: '4',
      SLIPSTREAM_COLLECTOR_MAX_QUEUE_BYTES: '5',
      SLIPSTREAM_COLLECTOR_CLOSE_TIMEOUT_MS: '6',
      SLIPSTREAM_COLLECTOR_GRPC_PORT: '7',
      SLIPSTREAM_QUEUE: 'redis://a:6379',
      SLIPSTREAM_QUEUE_EVICT_WHEN_FULL: 'true',
      SLIPSTREAM_STORE: 'clickhouse://a:8123/b',
      SLIPSTREAM_RETENTION_DAYS: '0.5',
      SLIPSTREAM_RETENTION_MAX_BYTES: '8',
      SLIPSTREAM_LOG_LEVEL: 'warn',
      SLIPSTREAM_LOG_FORMAT: 'text',
    });
    expect(settings).toMatchObject({
      host: '0.0.0.0',
      port: 0,
      dataDirectory: resolve('data'),
      token: 'a-token-of-some-length',
      allowedHosts: ['a.example', 'b.example'],
      priceFile: 'prices.json',
      maxBodyBytes: 1,
      maxInflatedBytes: 2,
      maxInflightBytes: 3,
      bodyTimeoutMs: 4,
      maxQueueBytes: 5,
      closeTimeoutMs: 6,
      grpcPort: 7,
      isGrpcOptional: false,
      queueUrl: 'redis://a:6379',
      evictWhenFull: true,
      storeUrl: 'clickhouse://a:8123/b',
      retentionDays: 0.5,
      maxStoreBytes: 8,
      logLevel: 'warn',
      logFormat: 'text',
    });
  });

  it('lists every wrong value at once', () => {
    const problems = problemsOf({
      SLIPSTREAM_COLLECTOR_PORT: '4318x',
      SLIPSTREAM_COLLECTOR_MAX_BODY_BYTES: '-1',
      SLIPSTREAM_COLLECTOR_HOST: '0.0.0.0',
      SLIPSTREAM_COLLECTOR_TOKEN: 'short',
    });
    expect(problems.join('\n')).toContain('SLIPSTREAM_COLLECTOR_PORT');
    expect(problems.join('\n')).toContain('SLIPSTREAM_COLLECTOR_MAX_BODY_BYTES');
    expect(problems.join('\n')).toContain('token');
    expect(problems).toHaveLength(3);
  });

  it('never shows the token', () => {
    expect(problemsOf({ SLIPSTREAM_COLLECTOR_TOKEN: 'hunter2' }).join('\n')).not.toContain('hunter2');
  });
});

describe('the settings', () => {
  const dataDirectory = 'data';

  it('need a token for any address that other machines reach', () => {
    expect(findSettingProblems({ dataDirectory, host: '0.0.0.0' })).toEqual([expect.stringContaining('needs a token')]);
    expect(findSettingProblems({ dataDirectory, host: '0.0.0.0', token: 'a-token-of-some-length' })).toEqual([]);
    for (const host of ['127.0.0.1', '127.1.2.3', 'localhost', '::1']) {
      expect(findSettingProblems({ dataDirectory, host }), host).toEqual([]);
    }
  });

  it('take a token of 16 characters and none of 15', () => {
    expect(findSettingProblems({ dataDirectory, token: 'x'.repeat(16) })).toEqual([]);
    expect(findSettingProblems({ dataDirectory, token: 'x'.repeat(15) })).toHaveLength(1);
  });

  it('take ports from 0 to 65535', () => {
    for (const port of [0, 65_535]) expect(findSettingProblems({ dataDirectory, port })).toEqual([]);
    for (const port of [-1, 65_536, 1.5]) expect(findSettingProblems({ dataDirectory, port })).toHaveLength(1);
  });

  it('do not let one body be larger than all together', () => {
    expect(findSettingProblems({ dataDirectory, maxInflatedBytes: 10, maxInflightBytes: 9 })).toHaveLength(1);
  });

  it('know a loopback address from one that only looks so', () => {
    expect(['127.0.0.1.evil.example', '128.0.0.1', '0.0.0.0', '::', 'localhost.evil'].filter(isLoopback)).toEqual([]);
  });

  it('refuses a store without room to work in', () => {
    expect(problemsOf({ SLIPSTREAM_STORE_MEMORY_BYTES: '1000' })).toEqual([
      expect.stringContaining('storeMemoryBytes must be at least 67108864'),
    ]);
    expect(readCollectorConfig({ SLIPSTREAM_STORE_MEMORY_BYTES: '67108864' }).storeMemoryBytes).toBe(67_108_864);
  });
});
