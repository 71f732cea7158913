import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runLab } from '../src/runner/run.js';
import type { Scenario } from '../src/runner/scenarios.js';
import { bundleProcesses } from './support/bundle.js';

const NODES = fileURLToPath(new URL('../../sdk/compat/node-versions/', import.meta.url));
const running = process.versions.node.split('.', 1)[0];
const other = ['22', '24', '26'].find(
  (major) => major !== running && existsSync(join(NODES, 'node_modules', `node-${major}`, 'bin', 'node')),
);

const LOOP: Scenario = {
  name: 'loop',
  title: 'Loop',
  kind: 'loop',
  arms: ['untraced', 'untraced-again'],
  payload: 'tiny',
  tracesPerCycle: 1,
  restMs: 0,
  warmupCycles: 20,
  cycles: 5,
};

let directory = '';
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'lab-nodes-'));
  await bundleProcesses(['sample', 'sink'], join(directory, 'dist'));
}, 60_000);
afterAll(() => rmSync(directory, { recursive: true, force: true }));

test.skipIf(other === undefined)(
  'each question is asked once more under another Node, and the report names it',
  async () => {
    const module = (name: string): string => join(directory, 'dist', name, 'main.mjs');
    const nodes = [other ?? ''];
    const options = { mode: 'quick', suites: ['matrix'], arms: LOOP.arms, scenarios: [], json: false } as const;
    const { report } = await runLab(
      { ...options, outDirectory: join(directory, 'out'), rounds: 1, budgetMinutes: 5, seed: 1, nodes },
      {
        places: {
          sampleModule: module('sample'),
          loadModule: '',
          sinkModule: module('sink'),
          collectorModule: '',
          peersDirectory: '',
          peersUrl: pathToFileURL(directory).href,
          nodeVersionsDirectory: NODES,
        },
        scenarios: [LOOP],
        checkout: directory,
        command: 'test',
        say: () => undefined,
      },
    );
    expect(report.environment.nodes?.[other ?? '']).toMatch(new RegExp(`^v${other}\\.`));
    const found = report.samples.map(({ scenario, arm, status }) => `${scenario} ${arm} ${status}`).sort();
    const name = `loop@node${other}`;
    expect(found).toEqual(
      ['loop', name].flatMap((each) => [`${each} untraced ok`, `${each} untraced-again ok`]).sort(),
    );
    // Only a newer Node calls its main thread by a name of its own.
    const named = (scenario: string): string | undefined =>
      report.samples.find((sample) => sample.scenario === scenario)?.threads?.find(({ role }) => role === 'main')?.name;
    if (running === '20' && (other === '24' || other === '26')) expect(named(name)).not.toBe(named('loop'));
    expect(report.summaries.map(({ scenario }) => scenario)).toEqual(['loop', name]);
  },
);
