import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { median } from '../src/statistics/quantile.js';

const SDK = fileURLToPath(new URL('../../sdk/', import.meta.url));
/** It is about 2; OpenTelemetry and dd-trace are above 20. */
const IMPORT_RATIO_LIMIT = 4;
const IMPORT_ROUNDS = 7;

interface SdkManifest {
  readonly dependencies?: Readonly<Record<string, string>>;
}

const manifest = JSON.parse(readFileSync(`${SDK}package.json`, 'utf8')) as SdkManifest;
test('the SDK has no runtime dependency', () => {
  expect(manifest.dependencies).toBeUndefined();
});

/** CPU time of the process, which other work on the machine does not change as it does the time on the clock. */
function importCpuUs(...specifiers: string[]): number {
  const imports = specifiers.map((specifier) => `await import(${JSON.stringify(specifier)});`).join('');
  const script = `const begin = process.cpuUsage(); ${imports}
    const { user, system } = process.cpuUsage(begin);
    process.stdout.write(String(user + system));`;
  const cwd = fileURLToPath(new URL('..', import.meta.url));
  return Number(execFileSync(process.execPath, ['--input-type=module', '-e', script], { cwd, encoding: 'utf8' }));
}

test('importing the SDK takes at most four times what two modules of Node itself take', { timeout: 60_000 }, () => {
  const rounds = Array.from({ length: IMPORT_ROUNDS }, () => ({
    own: importCpuUs('@slipstream/sdk'),
    builtIn: importCpuUs('node:worker_threads', 'node:http'),
  }));
  const ratio = median(rounds.map(({ own }) => own)) / median(rounds.map(({ builtIn }) => builtIn));
  expect(ratio).toBeGreaterThan(0);
  expect(ratio).toBeLessThanOrEqual(IMPORT_RATIO_LIMIT);
});
