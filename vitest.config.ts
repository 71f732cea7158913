import { existsSync } from 'node:fs';
import { transform } from 'esbuild';
import { defineConfig, type Plugin } from 'vitest/config';

/** Vite 8 leaves standard decorators as they are, and Node cannot run them yet. */
const lowerDecorators: Plugin = {
  name: 'lower-decorators',
  enforce: 'pre',
  async transform(code, id) {
    if (!/\.tsx?$/.test(id) || !/^\s*@\w+/m.test(code)) return undefined;
    return transform(code, {
      loader: id.endsWith('x') ? 'tsx' : 'ts',
      target: 'es2022',
      sourcemap: true,
      sourcefile: id,
    });
  },
};

/** Against other people's libraries, which have a lock file of their own; `npm test` says so where they are missing. */
const compat = existsSync('packages/sdk/compat/node_modules') ? ['packages/sdk/compat/*/**/*.test.ts'] : [];

export default defineConfig({
  plugins: [lowerDecorators],
  resolve: { conditions: ['slipstream-source'] },
  ssr: { resolve: { conditions: ['slipstream-source', 'node', 'import', 'default'], externalConditions: ['node'] } },
  test: {
    include: [
      'packages/*/src/**/*.test.{ts,tsx}',
      'packages/*/test/**/*.test.{ts,tsx}',
      // Each client skips itself by name where its libraries are not installed.
      'packages/*/clients/*.test.ts',
      'examples/*/{src,test}/**/*.test.ts',
      ...compat,
    ],
    globalSetup: ['packages/sdk/test/support/build-sdk.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
});
