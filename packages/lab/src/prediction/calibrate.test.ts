import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startSink } from '../sink/server.js';
import { calibrate } from './calibrate.js';
import { type Calibration, FIXED_CONSTANTS, MACHINE_CONSTANTS, TEXT_CONSTANTS, WAIT_CONSTANTS } from './constants.js';

let directory = '';
let calibration: Calibration;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'lab-calibration-'));
  const source = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
  await build({
    entryPoints: [
      { in: source('./calibration/main.ts'), out: 'calibration' },
      { in: source('../load/main.ts'), out: 'load' },
    ],
    outdir: directory,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
  });
  const sink = await startSink();
  try {
    calibration = await calibrate(
      { calibrationModule: join(directory, 'calibration.mjs'), loadModule: join(directory, 'load.mjs') },
      { sinkUrl: sink.url, seed: 1, repeats: 2, loadMs: 100 },
    );
  } finally {
    await sink.close();
  }
}, 120_000);
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function expectPositive(values: Readonly<Record<string, number>>, names: object, what: string): void {
  expect(Object.keys(values).sort(), what).toEqual(Object.keys(names).sort());
  for (const [name, value] of Object.entries(values)) {
    expect(Number.isFinite(value) && value > 0, `${what}: ${name} is ${value}`).toBe(true);
  }
}

test('a calibration gives every constant a positive, finite number', () => {
  for (const pace of ['tight', 'paced'] as const) {
    expectPositive(calibration.fixed[pace], FIXED_CONSTANTS, pace);
    for (const size of ['short', 'long'] as const) {
      expectPositive(calibration.text[pace][size].oneByte, TEXT_CONSTANTS, `${pace} ${size} oneByte`);
      expectPositive(calibration.text[pace][size].twoByte, TEXT_CONSTANTS, `${pace} ${size} twoByte`);
    }
    expect(calibration.together[pace]).toBeGreaterThanOrEqual(1);
  }
  expectPositive(calibration.machine, MACHINE_CONSTANTS, 'machine');
  expectPositive(calibration.wait, WAIT_CONSTANTS, 'wait');
});

test('each constant says its unit in its name', () => {
  const names = [FIXED_CONSTANTS, TEXT_CONSTANTS, MACHINE_CONSTANTS, WAIT_CONSTANTS].flatMap((family) =>
    Object.keys(family),
  );
  for (const name of names) expect(name).toMatch(/(Ns|NsPerKichar|Us|UsPerMib|Ms)$/);
});

test('what is done after a rest is never cheaper than in a loop', () => {
  for (const name of Object.keys(FIXED_CONSTANTS) as (keyof typeof FIXED_CONSTANTS)[]) {
    expect(calibration.fixed.paced[name], name).toBeGreaterThanOrEqual(calibration.fixed.tight[name]);
  }
});
