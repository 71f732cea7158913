import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createLlmServer, createOtlpSink, type FaultyServer, type LlmServer } from '@slipstream/testkit';
import { build as esbuild } from 'esbuild';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runProgram } from './support/run-program.js';

const ENTRY = fileURLToPath(new URL('./apps/bundled/answer.mjs', import.meta.url));

type Format = 'esm' | 'cjs';
/** Writes `app.mjs` or `app.cjs`, and what belongs to it, into the folder. */
type Bundler = (folder: string, format: Format) => Promise<void>;

const fileOf = (format: Format) => (format === 'esm' ? 'app.mjs' : 'app.cjs');

const BUNDLERS: Record<string, Bundler> = {
  esbuild: async (folder, format) => {
    const { warnings } = await esbuild({
      entryPoints: [ENTRY],
      outfile: join(folder, fileOf(format)),
      bundle: true,
      minify: true,
      platform: 'node',
      target: 'node20',
      format,
      logLevel: 'silent',
    });
    expect(warnings.filter(({ location }) => location?.file.includes('packages/sdk/dist'))).toEqual([]);
  },
  vite: async (folder, format) => {
    // The one on which this test runs itself.
    const { build } = await import(createRequire(import.meta.resolve('vitest')).resolve('vite'));
    await build({
      configFile: false,
      logLevel: 'error',
      build: {
        ssr: ENTRY,
        outDir: folder,
        emptyOutDir: false,
        minify: true,
        rolldownOptions: { output: { format, entryFileNames: fileOf(format) } },
      },
      ssr: { noExternal: true },
    });
  },
  webpack: (folder, format) =>
    new Promise((resolve, reject) => {
      const webpack = createRequire(import.meta.url)('webpack');
      const isModule = format === 'esm';
      const options = {
        mode: 'production',
        target: 'node20',
        entry: ENTRY,
        output: {
          path: folder,
          filename: fileOf(format),
          ...(isModule ? { module: true, chunkFormat: 'module' } : {}),
        },
        experiments: { outputModule: isModule },
      };
      webpack(options, (error: Error | null, stats: { hasErrors(): boolean; toString(): string } | undefined) => {
        if (error !== null || stats?.hasErrors()) reject(error ?? new TypeError(String(stats)));
        else resolve();
      });
    }),
};

let sink: FaultyServer;
let llm: LlmServer;

beforeAll(async () => {
  llm = await createLlmServer();
});

afterAll(() => llm.close());

const CASES = Object.keys(BUNDLERS).flatMap((bundler) =>
  (['esm', 'cjs'] as const).map((format): [string, Format] => [bundler, format]),
);

describe.each(CASES)('an application bundled by %s as %s, without any configuration for us', (bundler, format) => {
  let folder: string;

  beforeAll(async () => {
    // Far from any node_modules, so that all that it needs must be in the bundle.
    folder = mkdtempSync(join(tmpdir(), `slipstream-${bundler}-`));
    if (format === 'esm') writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
    await BUNDLERS[bundler]?.(folder, format);
  }, 60_000);

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  beforeEach(async () => {
    sink = await createOtlpSink();
    return () => sink.close();
  });

  async function run(env: Record<string, string>) {
    const settings = { SLIPSTREAM_URL: sink.url, LLM_URL: llm.url, ...env };
    const { code, output } = await runProgram(join(folder, fileOf(format)), { env: settings, cwd: folder });
    // Node quotes the line that failed, which in a bundle is all of it.
    expect([code, output.slice(-500)]).toEqual([0, 'answered true\n']);
    return Object.fromEntries(sink.spans().map((span) => [span.name === 'answer' ? 'answer' : 'generation', span]));
  }

  it.each([
    ['with its worker', {}],
    ['inline', { SLIPSTREAM_TRANSPORT: 'inline' }],
  ])('delivers %s', async (_, env) => {
    const spans = await run(env);
    expect(Object.keys(spans).sort()).toEqual(['answer', 'generation']);
    expect(spans.generation?.parentSpanId).toBe(spans.answer?.spanId);
  });

  it.each([
    ['with its worker', {}],
    ['inline', { SLIPSTREAM_TRANSPORT: 'inline' }],
  ])('masks %s', async (_, env) => {
    const spans = await run({ ...env, SLIPSTREAM_MASK: 'emails' });
    for (const name of ['answer', 'generation']) {
      const text = JSON.stringify(spans[name], (_key, value) => (typeof value === 'bigint' ? String(value) : value));
      expect(text).toContain('[masked:email]');
      expect(text).not.toContain('lan@example.com');
    }
  });
});
