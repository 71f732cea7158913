import { type CollectorEnvironment, environmentSchema } from '@slipstream/query-api';
import { afterEach, describe, expect, test } from 'vitest';
import { send } from '../../test/support/http-client.js';
import { startCollector, type TestCollector } from '../../test/support/start-collector.js';
import { COLLECTOR_VARIABLES } from '../config.js';
import { resolveSettings } from '../settings.js';
import { showEnvironment } from '../shown-environment.js';

let collector: TestCollector | undefined;

afterEach(async () => {
  await collector?.destroy();
  collector = undefined;
});

const SECRETS = ['hunter2', 'pk-lf-1', 'sk-lf-2', 'Bearer three', 'a-token-of-some-length'];

const SETTINGS = resolveSettings({
  dataDirectory: '/data',
  token: 'a-token-of-some-length',
  queueUrl: 'rediss://someone:hunter2@redis.example:6380/2?password=hunter2',
  storeUrl: 'clickhouse://slipstream:hunter2@clickhouse.example:8123/traces',
  retentionDays: 30,
  allowedHosts: ['a.example', 'b.example'],
  forwards: [
    {
      name: 'my-langfuse',
      kind: 'langfuse',
      url: 'https://someone:hunter2@langfuse.example',
      publicKey: 'pk-lf-1',
      secretKey: 'sk-lf-2',
      headers: { authorization: 'Bearer three' },
    },
  ],
});

function shownValue({ settings }: CollectorEnvironment, name: string): string | null | undefined {
  return settings.find((setting) => setting.name === name)?.value;
}

describe('the shown environment', () => {
  test('names every variable that the collector reads, and those of its forwards', () => {
    const names = showEnvironment(SETTINGS).settings.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining([...COLLECTOR_VARIABLES]));
    expect(names).toContain('SLIPSTREAM_FORWARD');
    expect(names).toContain('SLIPSTREAM_FORWARD_MY_LANGFUSE_SECRET_KEY');
    expect(new Set(names).size).toBe(names.length);
  });

  test('shows no secret', () => {
    const shown = showEnvironment(SETTINGS);
    for (const secret of SECRETS) expect(JSON.stringify(shown)).not.toContain(secret);
    expect(shownValue(shown, 'SLIPSTREAM_COLLECTOR_TOKEN')).toBe('****');
    expect(shownValue(shown, 'SLIPSTREAM_QUEUE')).toBe('rediss://****@redis.example:6380/2?****');
    expect(shownValue(shown, 'SLIPSTREAM_STORE')).toBe('clickhouse://****@clickhouse.example:8123/traces');
    expect(shownValue(shown, 'SLIPSTREAM_FORWARD_MY_LANGFUSE_HEADERS')).toBe('****');
  });

  test('says what is set, and what is as it comes', () => {
    const { settings } = showEnvironment(SETTINGS);
    const by = (name: string) => settings.find((setting) => setting.name === name);
    expect(by('SLIPSTREAM_RETENTION_DAYS')).toEqual({
      name: 'SLIPSTREAM_RETENTION_DAYS',
      value: '30',
      source: 'environment',
      secret: false,
    });
    expect(by('SLIPSTREAM_COLLECTOR_PORT')).toMatchObject({ value: '4318', source: 'default' });
    expect(by('SLIPSTREAM_COLLECTOR_PRICE_FILE')).toMatchObject({ value: null, source: 'default' });
    expect(by('SLIPSTREAM_COLLECTOR_ALLOWED_HOSTS')).toMatchObject({ value: 'a.example,b.example' });
  });

  test('is answered over HTTP, and only to who may ask', async () => {
    collector = await startCollector({ token: 'a-token-of-some-length' });
    const url = `${collector.url}/api/v1/env`;
    expect((await send(url, {})).status).toBe(401);
    const answer = await send(url, { headers: { authorization: 'Bearer a-token-of-some-length' } });
    expect(answer.status).toBe(200);
    const shown = environmentSchema.parse(JSON.parse(answer.text));
    expect(shownValue(shown, 'SLIPSTREAM_COLLECTOR_TOKEN')).toBe('****');
    expect(answer.text).not.toContain('a-token-of-some-length');
  });
});
