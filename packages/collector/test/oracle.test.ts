/**
 * Nothing that was acknowledged is lost, and nothing shows twice, whatever goes wrong meanwhile. CI has 51
 * rounds, in which every fault comes; `npm run oracle -- --rounds 1000` does more, and writes the table of them.
 */
import { writeFile } from 'node:fs/promises';
import { isRedisThere } from '@slipstream/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isClickHouseThere, openClickHouse } from './oracle/clickhouse.js';
import { runOracle } from './oracle/oracle.js';
import { type OracleReport, renderReport } from './oracle/report.js';
import type { Setup } from './oracle/rig.js';
import { type BundledCollector, bundleCollector } from './support/bundle-collector.js';

/** In each set-up. */
const ROUNDS = Number(process.env.SLIPSTREAM_ORACLE_ROUNDS ?? (process.env.CI === undefined ? '5' : '17'));
const SEED = process.env.SLIPSTREAM_ORACLE_SEED ?? 'slipstream';
const OUT_FILE = process.env.SLIPSTREAM_ORACLE_OUT;
const ROUND_LIMIT_MS = 15_000;
const SETTLE_LIMIT_MS = 300_000;

const SETUPS: readonly (Setup & { readonly isThere: boolean })[] = [
  { name: 'segment files, DuckDB, forward', queue: 'segments', store: 'duckdb', isThere: true },
  { name: 'Redis, DuckDB, forward', queue: 'redis', store: 'duckdb', isThere: isRedisThere },
  {
    name: 'Redis, ClickHouse, forward',
    queue: 'redis',
    store: 'clickhouse',
    isThere: isRedisThere && isClickHouseThere,
  },
];

const reports: OracleReport[] = [];
let bundle: BundledCollector;

beforeAll(async () => {
  bundle = await bundleCollector();
});

afterAll(async () => {
  await bundle.remove();
  if (OUT_FILE !== undefined) await writeFile(OUT_FILE, renderReport(reports));
});

describe(`after ${ROUNDS} faults (seed ${SEED}) everything that was acknowledged is there, and in the store once`, () => {
  for (const { isThere, ...setup } of SETUPS) {
    it.skipIf(!isThere)(
      setup.name,
      async () => {
        const report = await runOracle({
          setup,
          seed: SEED,
          rounds: ROUNDS,
          mainPath: bundle.mainPath,
          openStore: openClickHouse,
        });
        reports.push(report);
        for (const [fault, { lost, duplicatedInStore, offered }] of report.faults) {
          expect({ fault, lost, duplicatedInStore }).toEqual({ fault, lost: 0, duplicatedInStore: 0 });
          expect(offered, `${fault}: spans under way`).toBeGreaterThan(0);
        }
      },
      ROUNDS * ROUND_LIMIT_MS + SETTLE_LIMIT_MS,
    );
  }
});
