import { describe } from 'vitest';
import { describeDetails } from './details.js';
import { describeDurability } from './durability.js';
import { describeFilters } from './filters.js';
import type { CreateHarness } from './harness.js';
import { describePaging } from './paging.js';
import { describePrune } from './prune.js';
import { describeRevisions } from './revisions.js';
import { describeRunning } from './running.js';
import { describeScan } from './scan.js';
import { describeSeries } from './series.js';
import { describeSql } from './sql.js';
import { describeSummary } from './summary.js';
import { describeWriting } from './writing.js';

/**
 * What every store must do, a file for each topic. Harnesses are made for a group of tests, or for one that looks at the
 * whole store.
 */
export function describeStore(name: string, createHarness: CreateHarness): void {
  describe(name, () => {
    describeWriting(createHarness);
    describeRunning(createHarness);
    describeSummary(createHarness);
    describeFilters(createHarness);
    describePaging(createHarness);
    describeDetails(createHarness);
    describeRevisions(createHarness);
    describeScan(createHarness);
    describeSeries(createHarness);
    describeSql(createHarness);
    describePrune(createHarness);
    describeDurability(createHarness);
  });
}
