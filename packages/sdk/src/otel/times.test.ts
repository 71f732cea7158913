import { afterEach, describe, expect, it, vi } from 'vitest';

afterEach(() => {
  vi.restoreAllMocks();
  vi.resetModules();
});

/** Clocks that a test sets: `performance.now()` and the wall clock. */
async function withClocks() {
  const clocks = { nowMs: 10_000, wallMs: 1_700_000_010_000.25 };
  vi.spyOn(performance, 'now').mockImplementation(() => clocks.nowMs);
  vi.spyOn(performance, 'timeOrigin', 'get').mockReturnValue(1_700_000_000_000.25);
  vi.spyOn(Date, 'now').mockImplementation(() => Math.floor(clocks.wallMs));
  return { clocks, times: await import('./times.js') };
}

describe('a time since the epoch on the clock of performance.now()', () => {
  it('is exact while both clocks go together', async () => {
    const { times } = await withClocks();
    expect(times.performanceMsOf(1_700_000_005_000.5)).toBeCloseTo(5_000.25, 6);
    expect(times.performanceMsOf([1_700_000_005, 250_123])).toBeCloseTo(5_000.000123, 6);
    expect(times.performanceMsOf(new Date(1_700_000_005_000))).toBeCloseTo(4_999.75, 6);
    expect(times.performanceMsOf(77)).toBe(77);
  });

  it('is taken by its age once the wall clock has jumped, and two times keep their distance', async () => {
    const { clocks, times } = await withClocks();
    clocks.wallMs += 3_600_000;
    const startMs = times.performanceMsOf(1_700_003_610_000);
    expect(startMs).toBeGreaterThan(9_998);
    expect(startMs).toBeLessThanOrEqual(10_001);
    clocks.nowMs += 0.9;
    clocks.wallMs += 0.9;
    expect(times.performanceMsOf(1_700_003_610_000.5) - startMs).toBeCloseTo(0.5, 6);
  });
});

describe('isTime', () => {
  it('tells times from attributes', async () => {
    const { times } = await withClocks();
    const trap = new Proxy([], {
      get: () => {
        throw new Error('trap');
      },
    });
    const values = [1, new Date(), [1, 2], undefined, null, 'x', {}, [1], [1, 'a'], trap];
    expect(values.map(times.isTime)).toEqual([true, true, true, ...Array(7).fill(false)]);
  });
});
