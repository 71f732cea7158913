import { afterEach, describe, expect, it } from 'vitest';
import { makeTree, type Tree } from '../../test/tree.js';
import { readEffectiveSettings } from './effective.js';

let tree: Tree;

afterEach(() => tree.remove());

async function read(
  files: Readonly<Record<string, string>>,
  environment: Readonly<Record<string, string>> = {},
): Promise<{ environment: Readonly<Record<string, string | undefined>>; sources: Readonly<Record<string, string>> }> {
  tree = makeTree(files);
  return readEffectiveSettings(environment, tree.root);
}

const MODULE = `export default { url: 'http://config:1', token: 'config', port: 0, env: { SLIPSTREAM_RETENTION_DAYS: 30 } };`;

describe('settings', () => {
  it('are those of the environment where there are no files', async () => {
    expect(await read({}, { SLIPSTREAM_URL: 'http://env:1', PATH: 'p' })).toEqual({
      environment: { SLIPSTREAM_URL: 'http://env:1', PATH: 'p' },
      sources: { SLIPSTREAM_URL: 'environment' },
    });
  });

  it('come from the environment, then from .env, then from the configuration file', async () => {
    const { environment, sources } = await read(
      {
        '.env': 'SLIPSTREAM_COLLECTOR_TOKEN="from .env"\nSLIPSTREAM_URL=http://dotenv:1\n# a comment\n',
        'slipstream.config.mjs': MODULE,
      },
      { SLIPSTREAM_URL: 'http://env:1' },
    );
    expect(environment).toEqual({
      SLIPSTREAM_URL: 'http://env:1',
      SLIPSTREAM_COLLECTOR_TOKEN: 'from .env',
      SLIPSTREAM_COLLECTOR_PORT: '0',
      SLIPSTREAM_RETENTION_DAYS: '30',
    });
    expect(sources).toEqual({
      SLIPSTREAM_URL: 'environment',
      SLIPSTREAM_COLLECTOR_TOKEN: '.env',
      SLIPSTREAM_COLLECTOR_PORT: 'slipstream.config.mjs',
      SLIPSTREAM_RETENTION_DAYS: 'slipstream.config.mjs',
    });
  });

  it('leave a variable alone that the environment sets to nothing', async () => {
    const { environment } = await read({ '.env': 'SLIPSTREAM_URL=http://dotenv:1' }, { SLIPSTREAM_URL: '' });
    expect(environment.SLIPSTREAM_URL).toBe('');
  });

  it('take nothing from .env that belongs to others', async () => {
    const text =
      'LANGFUSE_PUBLIC_KEY=pk\nOTEL_SERVICE_NAME=s\nOPENAI_API_KEY=sk\nNODE_OPTIONS=--x\nPATH=/evil\nXSLIPSTREAM_A=1';
    expect((await read({ '.env': text })).environment).toEqual({ LANGFUSE_PUBLIC_KEY: 'pk', OTEL_SERVICE_NAME: 's' });
  });

  it('bear a folder called .env', async () => {
    expect((await read({ '.env/bin/python': '' })).environment).toEqual({});
  });

  it('may be JSON', async () => {
    const config = JSON.stringify({
      host: 'h',
      grpcPort: 'off',
      queue: 'redis://q',
      store: 'clickhouse://s',
      dataDir: 'd',
    });
    expect((await read({ 'slipstream.config.json': config })).environment).toEqual({
      SLIPSTREAM_COLLECTOR_HOST: 'h',
      SLIPSTREAM_COLLECTOR_GRPC_PORT: 'off',
      SLIPSTREAM_QUEUE: 'redis://q',
      SLIPSTREAM_STORE: 'clickhouse://s',
      SLIPSTREAM_COLLECTOR_DATA_DIR: 'd',
    });
  });

  it('may be TypeScript where Node runs it, and else the message says what to do', async () => {
    const config = 'const port: number = 5; export default { port };';
    const reading = read({ 'slipstream.config.ts': config, 'package.json': '{"type":"module"}' });
    if ('typescript' in process.features && process.features.typescript) {
      expect((await reading).environment).toEqual({ SLIPSTREAM_COLLECTOR_PORT: '5' });
      return;
    }
    await expect(reading).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringMatching(/needs a Node that runs TypeScript.*slipstream\.config\.mjs/),
    });
  });

  it.each([
    ['slipstream.config.json', '{', /^slipstream\.config\.json cannot be read: /],
    ['slipstream.config.mjs', 'throw new TypeError("no");', /^slipstream\.config\.mjs cannot be read: no$/],
    [
      'slipstream.config.mjs',
      'export const url = "x";',
      /^slipstream\.config\.mjs is wrong:\n {2}- slipstream\.config\.mjs: /,
    ],
    ['slipstream.config.json', '{"prot": 1}', /is wrong:\n.*"prot"/],
    ['slipstream.config.json', '{"port": 65536}', /is wrong:\n {2}- port: /],
    ['slipstream.config.json', '{"env": {"PATH": "x"}}', /is wrong:\n {2}- env\.PATH: .*/],
  ])('say what is wrong with %s: %s', async (name, text, message) => {
    await expect(read({ [name]: text })).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringMatching(message),
    });
  });
});
