import type { ObservationNode } from '@slipstream/query-api';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { endOf, isRunning } from './observation.js';
import { axisTicks, panWindow, positionOf, traceWindow, zoomWindow } from './time-scale.js';

const span = (startTimeUs: number, endTimeUs: number | null, type: ObservationNode['type'] = 'span') =>
  ({ startTimeUs, endTimeUs, type }) as ObservationNode;

describe('an observation in time', () => {
  test('an event without an end is a moment, anything else without one runs', () => {
    expect(isRunning(span(5, null))).toBe(true);
    expect(isRunning(span(5, null, 'event'))).toBe(false);
    expect(endOf(span(5, null), 90)).toBe(90);
    expect(endOf(span(5, null, 'event'), 90)).toBe(5);
  });

  test('no observation ends before it starts, even if its clock says so', () => {
    expect(endOf(span(50, 40), 90)).toBe(50);
    expect(endOf(span(50, null), 40)).toBe(50);
  });
});

describe('the window of a trace', () => {
  test('reaches from the first start to the last end', () => {
    expect(traceWindow([span(5_000, 9_000), span(2_000, 30_000)], 0)).toEqual({ startUs: 2_000, endUs: 30_000 });
  });

  test('reaches to now while something runs, but not for an event', () => {
    expect(traceWindow([span(1_000, 2_000), span(1_500, null)], 70_000).endUs).toBe(70_000);
    expect(traceWindow([span(1_000, 9_000), span(1_500, null, 'event')], 70_000).endUs).toBe(9_000);
  });

  test('has a length even where the trace has none', () => {
    expect(traceWindow([span(5, 5)], 0)).toEqual({ startUs: 5, endUs: 1_005 });
    const none = traceWindow([], 5);
    expect(none.endUs).toBeGreaterThan(none.startUs);
  });
});

describe('ticks', () => {
  test('are round', () => {
    const ticks = axisTicks({ startUs: 100, endUs: 100 + 3_400_000 }, 100, 4);
    expect(ticks.map((tick) => tick.offsetUs)).toEqual([0, 1_000_000, 2_000_000, 3_000_000]);
  });

  test('are whole minutes on a long axis', () => {
    const ticks = axisTicks({ startUs: 0, endUs: 700e6 }, 0, 5);
    expect(ticks.map((tick) => tick.offsetUs / 60e6)).toEqual([0, 5, 10]);
  });

  test('count from the start of the trace when the axis is zoomed', () => {
    const ticks = axisTicks({ startUs: 1_250_000, endUs: 1_750_000 }, 1_000_000, 5);
    expect(ticks[0]?.offsetUs).toBe(300_000);
  });

  test('any window has few of them, in order, on the axis', () => {
    fc.assert(
      fc.property(
        fc.nat(1e15),
        fc.integer({ min: 1, max: 1e13 }),
        fc.integer({ min: 1, max: 20 }),
        (start, length, count) => {
          const ticks = axisTicks({ startUs: start, endUs: start + length }, start, count);
          expect(ticks.length).toBeLessThanOrEqual(count + 2);
          for (const [index, tick] of ticks.entries()) {
            expect(tick.position).toBeGreaterThanOrEqual(0);
            expect(tick.position).toBeLessThanOrEqual(1);
            expect(tick.offsetUs).toBeGreaterThan(ticks[index - 1]?.offsetUs ?? -1);
          }
        },
      ),
    );
  });
});

describe('zoom', () => {
  const bounds = { startUs: 1_000_000, endUs: 2_000_000 };

  test('keeps the point under the pointer where it is', () => {
    const zoomed = zoomWindow(bounds, bounds, 0.25, 0.5);
    expect(positionOf(zoomed, 1_250_000)).toBeCloseTo(0.25);
    expect(zoomed.endUs - zoomed.startUs).toBeCloseTo(500_000);
  });

  test('never leaves the trace, and out is the whole of it again', () => {
    const zoomed = zoomWindow(bounds, bounds, 0, 0.1);
    expect(panWindow(zoomed, bounds, -3)).toEqual({ startUs: 1_000_000, endUs: 1_100_000 });
    expect(panWindow(zoomed, bounds, 300).endUs).toBeCloseTo(2_000_000);
    expect(zoomWindow(zoomed, bounds, 0.9, 100)).toEqual(bounds);
  });

  test('has an end', () => {
    let window = bounds;
    for (let step = 0; step < 200; step += 1) window = zoomWindow(window, bounds, 0.5, 0.5);
    expect(window.endUs - window.startUs).toBeGreaterThan(1);
  });
});
