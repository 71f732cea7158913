/**
 * What each stage of a span costs on the thread that it is recorded on: `node packages/sdk/bench/run.mjs`.
 * `--node FILE` measures with another Node (may stand several times), `--json` prints the figures, `--only TEXT`
 * measures the stages whose name holds it.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';

const folder = path.dirname(fileURLToPath(import.meta.url));
const { values } = parseArgs({
  options: {
    node: { type: 'string', multiple: true },
    json: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
  },
});

const scratch = mkdtempSync(path.join(os.tmpdir(), 'slipstream-bench-'));
try {
  const outfile = path.join(scratch, 'bench.mjs');
  await build({
    entryPoints: [path.join(folder, 'measure.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    conditions: ['slipstream-source'],
    logLevel: 'warning',
  });
  const reports = (values.node ?? [process.execPath]).map((node) =>
    JSON.parse(execFileSync(node, ['--expose-gc', outfile, values.only], { encoding: 'utf8', maxBuffer: 1 << 24 })),
  );
  process.stdout.write(values.json ? `${JSON.stringify(reports, undefined, 2)}\n` : table(reports));
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

function table(reports) {
  const lines = [`| stage | ${reports.map(({ node }) => `Node ${node}, µs`).join(' | ')} |`];
  lines.push(`|---|${reports.map(() => '--:').join('|')}|`);
  reports[0].stages.forEach(({ name }, index) => {
    const figures = reports.map(({ stages }) => (stages[index].minNs / 1000).toFixed(3));
    lines.push(`| ${name} | ${figures.join(' | ')} |`);
  });
  return `${lines.join('\n')}\n`;
}
