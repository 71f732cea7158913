import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { StoreFixture } from './fixture.js';
import type { CreateHarness } from './harness.js';
import { spanIdOf, traceIdOf } from './payloads.js';

/** Empty stores, batches, cursors, duplicates. */
export function describeWriting(createHarness: CreateHarness): void {
  const suite = new StoreFixture(createHarness);

  describe('an empty store', () => {
    beforeEach(suite.open);
    afterEach(suite.dispose);

    test('answers every question with nothing', async () => {
      expect(await suite.store.cursor()).toBe(suite.cursorAt(0));
      expect(await suite.list()).toEqual([]);
      expect(await suite.store.trace(traceIdOf(1))).toBeUndefined();
      expect(await suite.store.observation(traceIdOf(1), spanIdOf(1), false)).toBeUndefined();
      expect(await suite.store.summaries([traceIdOf(1)], {})).toEqual([]);
      expect(await suite.store.facets()).toEqual({ names: [], services: [], metadataKeys: [] });
      expect(await suite.store.counts()).toMatchObject({
        spans: 0,
        runningSpans: 0,
        traces: 0,
        duplicates: 0,
        spansByInstance: {},
      });
      expect(await suite.store.healthy()).toBe(true);
    });
  });

  describe('writing', () => {
    beforeAll(suite.open);
    beforeEach(suite.startTest);
    afterAll(suite.dispose);

    test('reports what a batch changed and commits its cursor', async () => {
      const result = await suite.store.write({
        payloads: [
          suite.payloadOf({ trace: 1, span: 1 }, { trace: 1, span: 2, parent: 1 }),
          suite.payloadOf({ trace: 2, span: 1 }),
        ],
        cursor: suite.cursorAt(41),
      });
      expect(result).toEqual({
        insertedSpans: 3,
        insertedStarts: 0,
        duplicates: 0,
        undecodable: [],
        changedTraceIds: [suite.idOf(1), suite.idOf(2)],
      });
      expect(await suite.store.cursor()).toBe(suite.cursorAt(41));
    });

    test('names undecodable payloads by index and stores the others', async () => {
      const broken = new Uint8Array([0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f]);
      const payloads = [broken, suite.payloadOf({ trace: 1, span: 1 }), broken];
      expect(await suite.store.write({ payloads, cursor: suite.cursorAt(3) })).toMatchObject({
        insertedSpans: 1,
        undecodable: [0, 2],
      });
      expect(await suite.store.cursor()).toBe(suite.cursorAt(3));
    });

    test('moves the cursor with a batch that brings nothing', async () => {
      await suite.store.write({ payloads: [], cursor: suite.cursorAt(9) });
      expect(await suite.store.cursor()).toBe(suite.cursorAt(9));
    });

    test('leaves its cursor where it is with a batch that has none', async () => {
      await suite.store.write({ payloads: [], cursor: suite.cursorAt(12) });
      expect(
        await suite.store.write({ payloads: [suite.payloadOf({ trace: 1, span: 1 })], cursor: undefined }),
      ).toMatchObject({ insertedSpans: 1 });
      expect(await suite.store.cursor()).toBe(suite.cursorAt(12));
    });

    test('leaves the payloads to the caller', async () => {
      const backing = new Uint8Array(10_000);
      const bytes = suite.payloadOf({ trace: 1, span: 1 });
      backing.set(bytes, 100);
      await suite.store.write({ payloads: [backing.subarray(100, 100 + bytes.byteLength)], cursor: suite.cursorAt(1) });
      expect(backing.subarray(100, 100 + bytes.byteLength)).toEqual(bytes);
      expect(await suite.list()).toHaveLength(1);
    });

    test('keeps the first of two ended versions of a span and counts the second', async () => {
      const grown = await suite.growth(async () => {
        await suite.write({ trace: 1, span: 1, name: 'first' });
        const second = await suite.write({ trace: 1, span: 1, name: 'second' });
        expect(second).toMatchObject({ insertedSpans: 0, duplicates: 1, changedTraceIds: [] });
      });
      expect(grown).toEqual({ spans: 1, runningSpans: 0, traces: 1, duplicates: 1 });
      expect((await suite.only()).name).toBe('first');
    });

    test('recognises a span that comes twice in one batch', async () => {
      const result = await suite.write({ trace: 1, span: 1 }, { trace: 1, span: 1 });
      expect(result).toMatchObject({ insertedSpans: 1, duplicates: 1 });
      expect((await suite.store.trace(suite.idOf(1)))?.observations).toHaveLength(1);
    });

    test('tells equal span ids of two traces apart', async () => {
      expect(await suite.growth(() => suite.write({ trace: 1, span: 1 }, { trace: 2, span: 1 }))).toMatchObject({
        spans: 2,
        traces: 2,
      });
      expect(await suite.list()).toHaveLength(2);
    });

    test('counts ended spans by the process that sent them', async () => {
      await suite.write({ trace: 1, span: 1, instance: 'a' }, { trace: 1, span: 2, instance: 'b' });
      await suite.write({ trace: 1, span: 2, instance: 'b' }, { trace: 1, span: 3, instance: 'b' });
      await suite.write({ trace: 1, span: 4, instance: 'b', running: true });
      await suite.write({ trace: 1, span: 5, instance: '__proto__' });
      const { spansByInstance } = await suite.store.counts();
      const counted = Object.entries(spansByInstance).filter(([instance]) => instance !== 'suite-instance');
      expect(counted.sort()).toEqual([
        ['__proto__', 1],
        ['a', 1],
        ['b', 2],
      ]);
    });
  });
}
