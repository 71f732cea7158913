import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { aiSdkIntegration, aiTelemetry } from '@slipstream/sdk/ai-sdk';
import type { generateText as generateText5, TelemetrySettings as TelemetrySettings5 } from 'ai-5';
import type { generateText as generateText6, TelemetrySettings as TelemetrySettings6 } from 'ai-6';
import type { generateText as generateText7, Telemetry } from 'ai-7';
import { expect, test } from 'vitest';

const settings5: TelemetrySettings5 = aiTelemetry({ functionId: 'reply', metadata: { userId: 'u-1', lessons: ['a'] } });
const settings6: TelemetrySettings6 = aiTelemetry();
const integration: Telemetry = aiSdkIntegration();

const call5: Pick<Parameters<typeof generateText5>[0], 'experimental_telemetry'> = {
  experimental_telemetry: aiTelemetry(),
};
const call6: Pick<Parameters<typeof generateText6>[0], 'experimental_telemetry'> = {
  experimental_telemetry: aiTelemetry(),
};
const call7: Pick<Parameters<typeof generateText7>[0], 'telemetry'> = {
  telemetry: { integrations: [aiSdkIntegration()] },
};

test("settings and integration are assignable to the AI SDK's types, without a cast", () => {
  expect([settings5, settings6, integration, call5, call6, call7]).not.toContain(undefined);
  const compiler = path.dirname(createRequire(import.meta.url).resolve('typescript/package.json'));
  const compile = [path.join(compiler, 'bin/tsc'), '--project', import.meta.dirname];
  const { stdout } = spawnSync(process.execPath, compile, { cwd: import.meta.dirname, encoding: 'utf8' });
  // The sources that are imported from elsewhere are compiled along, and checked where they stand.
  expect(stdout.split('\n').filter((line) => /^[\w-]+(\.test)?\.ts\(/.test(line))).toEqual([]);
}, 120_000);
