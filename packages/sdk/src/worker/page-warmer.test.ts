import { expect, it } from 'vitest';
import { allocateRing } from '../ring/layout.js';
import { PageWarmer } from './page-warmer.js';

it('goes over all of the ring once, and changes nothing in it', () => {
  const memory = allocateRing(4 * 1024 * 1024, 1024);
  const bytes = new Uint8Array(memory.shared);
  for (let index = 0; index < bytes.length; index += 1021) bytes[index] = index % 251;
  const before = bytes.slice();
  const warmer = new PageWarmer(memory);
  let steps = 1;
  while (warmer.step()) steps += 1;
  expect(steps).toBe(5);
  expect(Buffer.compare(bytes, before)).toBe(0);
  expect(warmer.step()).toBe(false);
});
