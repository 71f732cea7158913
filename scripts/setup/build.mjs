import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { runNode, runTool } from '../process/run.mjs';
import { describeOutputs, hashInputs, stampFile } from './fingerprint.mjs';

const SDK_INPUTS = [
  'packages/sdk/src',
  'packages/sdk/build.mjs',
  'packages/sdk/package.json',
  'packages/wire/src',
  'packages/wire/package.json',
  'package-lock.json',
];
const WEB_INPUTS = [
  'packages/web/src',
  'packages/web/public',
  'packages/web/index.html',
  'packages/web/vite.config.ts',
  'packages/web/package.json',
  'packages/query-api/src',
  'package-lock.json',
];

/**
 * What a build is, in order. A step with `inputs` is left out while they and its outputs are as its last run left
 * them; one without decides for itself.
 *
 * @type {{ name: string, inputs?: string[], outputs?: string[], run(root: string): Promise<{ code: number, output: string }> }[]}
 */
const STEPS = [
  {
    name: 'sdk worker',
    inputs: SDK_INPUTS,
    outputs: ['worker-source.js', 'worker-source.cjs', 'full.cjs'].map((name) => `packages/sdk/dist/${name}`),
    run: (root) => runNode('packages/sdk/build.mjs', ['--worker-only'], { cwd: root, capture: true }),
  },
  {
    name: 'compile',
    run: (root) => {
      forgetLostOutputs(root);
      return runTool(root, ['typescript', 'tsc'], ['-b'], { cwd: root, capture: true });
    },
  },
  {
    name: 'sdk bundle',
    inputs: SDK_INPUTS,
    outputs: ['index', 'core', 'inline'].flatMap((name) => [
      `packages/sdk/dist/${name}.js`,
      `packages/sdk/dist/${name}.cjs`,
    ]),
    run: (root) => runNode('packages/sdk/build.mjs', [], { cwd: root, capture: true }),
  },
  {
    name: 'web',
    inputs: WEB_INPUTS,
    outputs: ['packages/web/dist/index.html'],
    run: (root) =>
      runTool(root, ['vite', 'vite'], ['build'], { cwd: path.join(root, 'packages', 'web'), capture: true }),
  },
];

/**
 * Builds every package; what has not changed is left alone.
 *
 * @param {string} root
 * @param {{ force?: boolean, report?: (step: string, ms: number) => void }} [options] `force` builds all anew;
 *   `report` hears of each step that ran
 * @returns {Promise<{ code: number, output: string, skipped?: string }>}
 */
export async function build(root, options = {}) {
  let ran = 0;
  for (const step of STEPS) {
    const stamp = stampFile(root, `build-${step.name.replace(' ', '-')}`);
    const inputs = step.inputs && hashInputs(root, step.inputs);
    if (!options.force && inputs !== undefined && isCurrent(root, step, stamp.read(), inputs)) continue;
    const begun = performance.now();
    const result = await step.run(root);
    if (result.code !== 0) return { code: result.code, output: `${step.name} failed:\n${result.output}` };
    options.report?.(step.name, performance.now() - begun);
    if (inputs === undefined) continue;
    ran += 1;
    stamp.write({ inputs, outputs: describeOutputs(root, step.outputs ?? []) });
  }
  return ran === 0 ? { code: 0, output: '', skipped: 'up to date' } : { code: 0, output: '' };
}

function isCurrent(root, step, stamp, inputs) {
  if (stamp?.inputs !== inputs) return false;
  const outputs = describeOutputs(root, step.outputs ?? []);
  return outputs.every((output, index) => !output.endsWith(' missing') && output === stamp.outputs?.[index]);
}

/** `tsc -b` trusts its notes and not the folders: where a dist folder was removed by hand, its notes must go too. */
function forgetLostOutputs(root) {
  for (const { path: reference } of JSON.parse(readFileSync(path.join(root, 'tsconfig.json'), 'utf8')).references) {
    const folder = path.join(root, reference);
    const { outDir } = JSON.parse(readFileSync(path.join(folder, 'tsconfig.json'), 'utf8')).compilerOptions;
    if (outDir !== undefined && existsSync(path.join(folder, outDir))) continue;
    for (const name of readdirSync(folder)) if (name.endsWith('.tsbuildinfo')) rmSync(path.join(folder, name));
  }
}
