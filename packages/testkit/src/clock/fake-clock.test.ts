import { describe, expect, it } from 'vitest';
import { createFakeClock } from './fake-clock.js';

describe('createFakeClock', () => {
  it('moves only when told to', () => {
    const clock = createFakeClock(1_000);
    expect(clock.nowMs()).toBe(1_000);
    clock.advanceMs(2.5);
    expect(clock.nowMs()).toBe(1_002.5);
    expect(clock.nowUnixNano()).toBe(1_002_500_000n);
  });

  it('runs due timers in order of their time, and those that they set in turn', () => {
    const clock = createFakeClock();
    const startMs = clock.nowMs();
    const runs: [string, number][] = [];
    const run = (name: string) => () => void runs.push([name, clock.nowMs() - startMs]);
    clock.setTimer(run('second'), 20);
    clock.setTimer(() => {
      run('first')();
      clock.setTimer(run('inner'), 5);
    }, 10);
    clock.setTimer(run('late'), 51);
    clock.advanceMs(50);
    expect(runs).toEqual([
      ['first', 10],
      ['inner', 15],
      ['second', 20],
    ]);
    expect(clock.pendingCount()).toBe(1);
  });

  it('forgets a cleared timer', () => {
    const clock = createFakeClock();
    let ran = false;
    clock.clearTimer(clock.setTimer(() => (ran = true), 1));
    clock.advanceMs(10);
    expect(ran).toBe(false);
    expect(clock.pendingCount()).toBe(0);
  });
});
