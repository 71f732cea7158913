import { describe, expect, it } from 'vitest';
import { Epoch } from './epoch.js';

function createClock() {
  const clock = {
    wall: 1_700_000_010_000,
    monotonic: 5_000,
    wallMs: () => clock.wall,
    monotonicMs: () => clock.monotonic,
  };
  return clock;
}

/** The application began 10 s before the worker. */
const ORIGIN = 1_700_000_000_000.125;

describe('time since the epoch', () => {
  it('is the sum to the nanosecond, which a double cannot hold', () => {
    const epoch = new Epoch(ORIGIN, createClock());
    expect(epoch.toUnixNano(0)).toBe(1_700_000_000_000_125_000n);
    expect(epoch.toUnixNano(1234.567891)).toBe(1_700_000_001_234_692_891n);
    expect(epoch.toUnixNano(86_400_000.9)).toBe(1_700_000_000_000_125_000n + 86_400_000_900_000n);
  });

  it('leaves small drift alone', () => {
    const clock = createClock();
    const epoch = new Epoch(ORIGIN, clock);
    epoch.check();
    clock.wall += 50;
    epoch.check();
    expect(epoch.toUnixNano(20_000)).toBe(1_700_000_020_000_125_000n);
  });

  it('follows a jump of the wall clock, for what happened after it alone', () => {
    const clock = createClock();
    const epoch = new Epoch(ORIGIN, clock);
    epoch.check();
    clock.wall += 3_600_020;
    clock.monotonic += 20;
    epoch.check();
    // The worker looked last at 10,000 ms of the application's clock.
    expect(epoch.toUnixNano(9_000)).toBe(1_700_000_009_000_125_000n);
    expect(epoch.toUnixNano(10_020)).toBe(1_700_003_610_020_125_000n);
  });

  it('may jump back', () => {
    const clock = createClock();
    const epoch = new Epoch(ORIGIN, clock);
    epoch.check();
    clock.wall -= 1_000;
    epoch.check();
    expect(epoch.toUnixNano(11_000)).toBe(1_700_000_010_000_125_000n);
  });

  it('takes no pause between its two readings for a jump', () => {
    const clock = createClock();
    const epoch = new Epoch(ORIGIN, clock);
    epoch.check();
    let readings = 0;
    epoch.check();
    Object.assign(clock, {
      // The thread stands still for a second after its first reading.
      monotonicMs: () => clock.monotonic + (readings++ === 0 ? 0 : 1_000),
      wallMs: () => clock.wall + 1_000,
    });
    epoch.check();
    expect(epoch.toUnixNano(11_000)).toBe(1_700_000_011_000_125_000n);
  });

  it('in whole milliseconds is never before the start that is exact', () => {
    const clock = createClock();
    const epoch = new Epoch(ORIGIN, clock);
    epoch.check();
    expect(epoch.toWallMs(11_000)).toBe(1_700_000_011_001);
    clock.wall += 3_600_000;
    epoch.check();
    expect(epoch.toWallMs(11_000)).toBe(1_700_003_611_001);
  });
});
