import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { takeOwnFigure } from './own-figures.js';

const SDK = fileURLToPath(new URL('../../../sdk/dist/', import.meta.url));
const COLLECTOR = fileURLToPath(new URL('../../dist/collector/main.js', import.meta.url));

test.skipIf(!existsSync(`${SDK}index.js`))(
  'the SDK is bundled, packed and weighed, and its dependencies counted',
  async () => {
    const { sdkGzipKb, sdkDependencies } = await takeOwnFigure('sdk-size', COLLECTOR);
    // A worker's source is in it, so that a bundle of next to nothing would be the wrong file.
    expect(sdkGzipKb).toBeGreaterThan(10);
    expect(sdkGzipKb).toBeLessThanOrEqual(40);
    expect(sdkDependencies).toBe(0);
  },
);

test.skipIf(!existsSync(COLLECTOR))('a collector is started, waited for, and ended (needs npm run build)', async () => {
  const { collectorReadyMs } = await takeOwnFigure('collector-ready', COLLECTOR);
  expect(collectorReadyMs).toBeGreaterThan(0);
});
