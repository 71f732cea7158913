import { existsSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createOtlpSink, type FaultyServer } from '@slipstream/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runProgram } from './support/run-program.js';

const FOLDER = fileURLToPath(new URL('../next', import.meta.url));
const NEXT = `${FOLDER}/node_modules/next/dist/bin/next`;
const isInstalled = existsSync(NEXT);

let sink: FaultyServer;

beforeEach(async () => {
  sink = await createOtlpSink();
});

afterEach(() => sink.close());

const WAYS: [string, Record<string, string>, string[]][] = [
  ['bundled by Turbopack', { BUILD_NAME: 'turbopack' }, []],
  ['bundled by webpack', { BUILD_NAME: 'webpack' }, ['--webpack']],
  ['as an external package', { BUILD_NAME: 'external', SDK_EXTERNAL: '1' }, []],
];

describe.skipIf(!isInstalled).each(WAYS)(
  'Next.js 16 with the SDK %s (needs npm install in packages/sdk/compat/next)',
  (_, variables, args) => {
    const env = { ...variables, NEXT_TELEMETRY_DISABLED: '1' };

    beforeAll(async () => {
      const { code, output } = await runProgram(NEXT, { args: ['build', ...args], env, cwd: FOLDER });
      expect([code, output]).toEqual([0, expect.stringContaining('/api/answer')]);
    }, 300_000);

    afterAll(() => rmSync(`${FOLDER}/dist/${variables.BUILD_NAME}`, { recursive: true, force: true }));

    it('traces what it serves from the instrumentation hook on, and delivers as it ends', async () => {
      let isAsked = false;
      const answers: unknown[] = [];
      const ask = async (origin: string) => {
        answers.push(await (await fetch(`${origin}/api/answer?q=why`)).json());
        answers.push((await (await fetch(origin)).text()).includes('hello'));
      };
      const { output } = await runProgram(NEXT, {
        args: ['start', '-p', '0'],
        env: { ...env, SLIPSTREAM_URL: sink.url },
        cwd: FOLDER,
        onOutput: (text, kill) => {
          const [, port] = /localhost:(\d+)[\s\S]*Ready/.exec(text) ?? [];
          if (port === undefined || isAsked) return;
          isAsked = true;
          void ask(`http://127.0.0.1:${port}`).finally(() => kill('SIGTERM'));
        },
      });
      expect(output).not.toContain('SLIPSTREAM');
      expect(answers).toEqual([expect.objectContaining({ answer: 'why 42', isTracing: true }), true]);
      const spans = Object.fromEntries(sink.spans().map((span) => [span.name, span]));
      expect(Object.keys(spans).sort()).toEqual(['page.load', 'route.answer', 'think']);
      expect(spans.think?.parentSpanId).toBe(spans['route.answer']?.spanId);
    }, 60_000);
  },
);
