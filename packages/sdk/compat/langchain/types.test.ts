import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Callbacks } from '@langchain/core/callbacks/manager';
import type { RunnableConfig } from '@langchain/core/runnables';
import { CallbackHandler } from '@slipstream/sdk/langchain';
import { expect, test } from 'vitest';

const handler = new CallbackHandler();
const config: RunnableConfig = { callbacks: [handler] };
const callbacks: Callbacks = [handler];

test("a handler is assignable to LangChain's types, without a cast", () => {
  expect([config.callbacks, callbacks]).toEqual([[handler], [handler]]);
  const compiler = path.dirname(createRequire(import.meta.url).resolve('typescript/package.json'));
  const compile = [path.join(compiler, 'bin/tsc'), '--project', import.meta.dirname];
  const { stdout } = spawnSync(process.execPath, compile, { cwd: import.meta.dirname, encoding: 'utf8' });
  // The sources that are imported from elsewhere are compiled along, and checked where they stand.
  expect(stdout.split('\n').filter((line) => /^[\w-]+(\.test)?\.ts\(/.test(line))).toEqual([]);
}, 120_000);
