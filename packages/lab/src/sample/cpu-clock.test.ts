import { expect, test } from 'vitest';
import { openCpuClock } from './cpu-clock.js';

test('work moves the clock and rest hardly does', async () => {
  const clock = openCpuClock();
  const start = await clock.read();
  const until = performance.now() + 60;
  let sum = 0;
  while (performance.now() < until) sum += Math.sqrt(sum + 1);
  const worked = await clock.read();
  const rested = await clock.read();
  const workUs = worked.mainUs - start.mainUs;
  expect(workUs).toBeGreaterThan(0);
  expect(workUs).toBeGreaterThan(rested.mainUs - worked.mainUs);
  expect(worked.processUs).toBeGreaterThan(start.processUs);
});

test('on Linux the clock is the main thread alone', () => {
  if (process.platform === 'linux') expect(openCpuClock().source).not.toBe('process.cpuUsage');
  else expect(['threadCpuUsage', 'process.cpuUsage']).toContain(openCpuClock().source);
});
