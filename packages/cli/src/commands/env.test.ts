import { afterEach, describe, expect, it } from 'vitest';
import { type FakeApi, startFakeApi } from '../../test/fake-api.js';
import { makeTerminal } from '../../test/memory-terminal.js';
import type { EffectiveSettings } from '../settings/effective.js';
import { showCollectorEnv, showLocalEnv } from './env.js';

let api: FakeApi | undefined;

afterEach(async () => {
  await api?.close();
  api = undefined;
});

const SETTINGS = [
  { name: 'SLIPSTREAM_COLLECTOR_PORT', value: '4318', source: 'default' as const, secret: false },
  { name: 'SLIPSTREAM_COLLECTOR_TOKEN', value: '****', source: 'environment' as const, secret: true },
  { name: 'SLIPSTREAM_STORE', value: null, source: 'default' as const, secret: false },
];

async function show(settings: typeof SETTINGS | unknown[], json = false): Promise<string> {
  api = await startFakeApi({ settings: settings as typeof SETTINGS });
  const { terminal, text } = makeTerminal();
  await showCollectorEnv({ url: api.url, token: undefined }, { json, local: false }, terminal);
  return text.out;
}

describe('slipstream env', () => {
  it('prints what the collector runs with', async () => {
    expect(await show(SETTINGS)).toBe(
      'setting                     value  from\n' +
        'SLIPSTREAM_COLLECTOR_PORT   4318   default\n' +
        'SLIPSTREAM_COLLECTOR_TOKEN  ****   environment\n' +
        'SLIPSTREAM_STORE            -      default\n',
    );
  });

  it('prints the same as JSON', async () => {
    expect(JSON.parse(await show(SETTINGS, true))).toEqual({ settings: SETTINGS });
  });

  it('masks what a careless collector does not', async () => {
    const careless = [
      { name: 'A', value: 'hunter2', source: 'environment', secret: true },
      { name: 'SLIPSTREAM_STORE', value: 'clickhouse://me:hunter2@h:8123/db', source: 'environment', secret: false },
    ];
    for (const json of [false, true]) {
      const out = await show(careless, json);
      expect(out).not.toContain('hunter2');
      expect(out).toContain('clickhouse://****@h:8123/db');
      await api?.close();
    }
  });
});

describe('slipstream env --local', () => {
  const PASSWORDS = ['hunter2', 'p@ss/w#rd', 'sk-lf-1'];

  function showLocal(settings: EffectiveSettings, flags: { url?: string; token?: string } = {}, json = false): string {
    const { terminal, text } = makeTerminal();
    showLocalEnv(settings, { json, local: true, ...flags }, terminal);
    return text.out;
  }

  it('prints what this command uses and where that comes from', () => {
    const out = showLocal(
      {
        environment: { SLIPSTREAM_URL: 'http://h:1', OTEL_SERVICE_NAME: 'x' },
        sources: { SLIPSTREAM_URL: '.env', OTEL_SERVICE_NAME: 'environment' },
      },
      { token: 'hunter2' },
    );
    expect(out).toBe(
      'setting                     value       from\n' +
        'SLIPSTREAM_URL              http://h:1  .env\n' +
        'SLIPSTREAM_COLLECTOR_TOKEN  ****        flag\n' +
        'OTEL_SERVICE_NAME           x           environment\n',
    );
  });

  it('prints the defaults where nothing is set', () => {
    expect(JSON.parse(showLocal({ environment: {}, sources: {} }, {}, true))).toEqual({
      settings: [
        { name: 'SLIPSTREAM_URL', value: 'http://127.0.0.1:4318', source: 'default', secret: false },
        { name: 'SLIPSTREAM_COLLECTOR_TOKEN', value: null, source: 'default', secret: true },
      ],
    });
  });

  it('never prints a secret', () => {
    const environment: Record<string, string> = {
      SLIPSTREAM_URL: 'http://me:hunter2@h:1/?token=hunter2',
      SLIPSTREAM_COLLECTOR_TOKEN: 'hunter2',
      SLIPSTREAM_QUEUE: 'redis://:p@ss/w#rd@h:6379,redis://u:hunter2@i',
      SLIPSTREAM_STORE: 'clickhouse://u:hunter2@h/db?password=hunter2',
      SLIPSTREAM_FORWARD: '[{"headers":{"x":"hunter2"}}]',
      SLIPSTREAM_HEADERS: 'authorization=hunter2',
      OTEL_EXPORTER_OTLP_HEADERS: 'x=hunter2',
      OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'x=hunter2',
      LANGFUSE_SECRET_KEY: 'sk-lf-1',
      LANGFUSE_PUBLIC_KEY: 'pk-lf-2',
    };
    const sources = Object.fromEntries(Object.keys(environment).map((name) => [name, 'environment']));
    for (const json of [false, true]) {
      const out = showLocal({ environment, sources }, {}, json);
      for (const password of PASSWORDS) expect(out).not.toContain(password);
      expect(out).toContain('pk-lf-2');
    }
  });
});
