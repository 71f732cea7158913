// `npm run oracle -- --rounds 1000`: faults in a row, and the table of what they cost.
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { run } from './process/run.mjs';

const HELP = `npm run oracle -- [options]

Kills collectors and Redis, fills disks, breaks backends, moves clocks, while spans are sent; then looks whether every
span that was acknowledged is in the store once and in the backend at least once. Needs what \`npm test\` has built.

  --rounds N   faults in each setup (default 1000, some two hours)
  --seed TEXT  which faults when (default slipstream)
  --out FILE   where the table goes (default oracle-report.md)
  --only TEXT  only setups whose name contains it
`;

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '1000' },
    seed: { type: 'string', default: 'slipstream' },
    out: { type: 'string', default: 'oracle-report.md' },
    only: { type: 'string', default: '' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  process.stdout.write(HELP);
} else {
  const vitest = path.join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const filter = values.only === '' ? [] : ['-t', values.only];
  const result = await run(process.execPath, [vitest, 'run', 'packages/collector/test/oracle.test.ts', ...filter], {
    cwd: root,
    env: {
      ...process.env,
      SLIPSTREAM_ORACLE_ROUNDS: values.rounds,
      SLIPSTREAM_ORACLE_SEED: values.seed,
      SLIPSTREAM_ORACLE_OUT: path.resolve(values.out),
    },
  });
  process.exitCode = result.code;
}
