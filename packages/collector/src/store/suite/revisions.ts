import { ATTRIBUTE } from '@slipstream/wire';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { StoreFixture } from './fixture.js';
import type { CreateHarness } from './harness.js';
import { type SpanSpec, spanIdOf } from './payloads.js';

/** A generation in full, of which everything differs from one revision to the next. */
function version(revision: number, fields: Partial<SpanSpec> = {}): SpanSpec {
  return {
    trace: 1,
    span: 1,
    revision,
    name: `name ${revision}`,
    startUs: 1000 * (5 - revision),
    durationUs: 1000 * (revision + 1),
    instance: `instance ${revision}`,
    attributes: {
      [ATTRIBUTE.observationType]: 'generation',
      [ATTRIBUTE.observationLevel]: revision === 0 ? 'ERROR' : 'DEFAULT',
      [ATTRIBUTE.observationUsageDetails]: `{"input":${10 + revision},"output":1}`,
      [ATTRIBUTE.observationCostDetails]: `{"total":${revision + 1}}`,
      [ATTRIBUTE.observationOutput]: `answer ${revision}`,
      [ATTRIBUTE.userId]: `user ${revision}`,
      [ATTRIBUTE.traceTags]: [`tag ${revision}`],
      [`${ATTRIBUTE.observationMetadata}step`]: `o${revision}`,
      [`${ATTRIBUTE.observationMetadata}only ${revision}`]: 'here',
      [`${ATTRIBUTE.traceMetadata}stage`]: `t${revision}`,
    },
    ...fields,
  };
}

/** Of two versions of a span that both run, or have both ended, the one with the higher revision counts. */
export function describeRevisions(createHarness: CreateHarness): void {
  const suite = new StoreFixture(createHarness);

  /** Nothing of any other revision may be left anywhere. */
  const expectOnly = async (revision: number): Promise<void> => {
    const trace = await suite.only();
    expect(trace).toMatchObject({
      name: `name ${revision}`,
      startTimeUs: suite.epochUs() + 1000 * (5 - revision),
      durationUs: 1000 * (revision + 1),
      observationCount: 1,
      errorCount: revision === 0 ? 1 : 0,
      level: revision === 0 ? 'ERROR' : 'DEFAULT',
      inputTokens: 10 + revision,
      totalTokens: 11 + revision,
      costUsd: revision + 1,
      userId: `user ${revision}`,
      tags: [`tag ${revision}`],
      metadata: { stage: `t${revision}` },
      running: false,
    });
    const detail = await suite.store.trace(suite.idOf(1));
    expect(detail?.trace).toEqual(trace);
    expect(detail?.observations).toHaveLength(1);
    expect(await suite.store.observation(suite.idOf(1), spanIdOf(1), false)).toMatchObject({
      name: `name ${revision}`,
      output: { text: `answer ${revision}` },
      metadata: { step: `o${revision}`, [`only ${revision}`]: 'here' },
    });
    for (const each of [0, 1, 2, 3]) {
      const expected = each === revision ? [1] : [];
      expect(await suite.found({ metadata: [`step:o${each}`] })).toEqual(expected);
      expect(await suite.found({ metadata: [`only ${each}`] })).toEqual(expected);
      expect(await suite.found({ metadata: [`stage:t${each}`] })).toEqual(expected);
      expect(await suite.found({ text: `answer ${each}` })).toEqual(expected);
    }
  };

  describe('revisions', () => {
    beforeEach(suite.open);
    afterEach(suite.dispose);

    test('take the place of the version before, and count no second span', async () => {
      await suite.write(version(0));
      await expectOnly(0);
      const result = await suite.write(version(2));
      expect(result).toMatchObject({ insertedSpans: 0, duplicates: 0, changedTraceIds: [suite.idOf(1)] });
      await expectOnly(2);
      expect(await suite.store.counts()).toMatchObject({ spans: 1, runningSpans: 0, traces: 1, duplicates: 0 });
    });

    test('are counted for the process that sent the version that counts', async () => {
      await suite.write(version(0), { trace: 2, span: 1, instance: 'instance 0' });
      await suite.write(version(1));
      expect((await suite.store.counts()).spansByInstance).toEqual({ 'instance 0': 1, 'instance 1': 1 });
    });

    test('that come late, or twice, change nothing', async () => {
      await suite.write(version(3));
      expect(await suite.write(version(1))).toMatchObject({ insertedSpans: 0, duplicates: 1, changedTraceIds: [] });
      expect(await suite.write(version(3))).toMatchObject({ insertedSpans: 0, duplicates: 1, changedTraceIds: [] });
      await expectOnly(3);
    });

    test.each([
      ['rising', [0, 1, 3]],
      ['falling', [3, 1, 0]],
      ['mixed', [1, 3, 2, 3]],
    ] as const)('of one batch leave the highest: %s', async (_, revisions) => {
      await suite.write(...revisions.map((revision) => version(revision)));
      await expectOnly(3);
      expect(await suite.store.counts()).toMatchObject({ spans: 1, traces: 1 });
    });

    test('are told apart after a restart', async () => {
      await suite.write(version(1));
      await suite.harness.crash();
      await suite.reopen();
      expect(await suite.write(version(0))).toMatchObject({ duplicates: 1 });
      await expectOnly(1);
      await suite.write(version(2));
      await suite.harness.crash();
      await suite.reopen();
      await expectOnly(2);
      expect(await suite.write(version(1), version(2))).toMatchObject({ insertedSpans: 0, duplicates: 2 });
      expect(await suite.store.counts()).toMatchObject({ spans: 1, spansByInstance: { 'instance 2': 1 } });
    });

    test('of running spans replace one another, and end with any ended version', async () => {
      const running = (revision: number) => version(revision, { running: true });
      await suite.write(running(0));
      await suite.write(running(2));
      expect(await suite.only()).toMatchObject({ running: true, name: 'name 2', observationCount: 1 });
      expect(await suite.store.counts()).toMatchObject({ spans: 0, runningSpans: 1 });
      await suite.write(running(1));
      expect(await suite.found({ metadata: ['step:o2'] })).toEqual([1]);
      expect(await suite.found({ metadata: ['step:o0'] })).toEqual([]);
      expect((await suite.store.trace(suite.idOf(1)))?.observations).toMatchObject([{ name: 'name 2' }]);
      await suite.write(version(1));
      expect(await suite.store.counts()).toMatchObject({ spans: 1, runningSpans: 0 });
      expect((await suite.store.trace(suite.idOf(1)))?.observations).toMatchObject([{ name: 'name 1' }]);
      expect(await suite.write(running(3))).toMatchObject({ insertedStarts: 0, changedTraceIds: [] });
    });

    test('of running spans within one batch leave the highest', async () => {
      await suite.write(...[0, 2, 1].map((revision) => version(revision, { running: true })), version(0, { span: 2 }));
      expect(await suite.store.counts()).toMatchObject({ spans: 1, runningSpans: 1 });
      const observations = (await suite.store.trace(suite.idOf(1)))?.observations;
      expect(observations?.map(({ name }) => name).sort()).toEqual(['name 0', 'name 2']);
    });
  });

  describe('a revision among other spans', () => {
    beforeAll(suite.open);
    beforeEach(suite.startTest);
    afterAll(suite.dispose);

    test('leaves the rest of its trace as it is', async () => {
      const child: SpanSpec = {
        trace: 1,
        span: 2,
        parent: 1,
        startUs: 4500,
        attributes: {
          [ATTRIBUTE.observationCostDetails]: '{"total":5}',
          [`${ATTRIBUTE.observationMetadata}step`]: 'child',
          [`${ATTRIBUTE.traceMetadata}kept`]: 'yes',
        },
      };
      const open: SpanSpec = { trace: 1, span: 3, parent: 1, startUs: 4600, running: true };
      await suite.write(version(0), child, open);
      await suite.write({ trace: 1, span: 4, parent: 1, startUs: 4700 }, version(1), { trace: 2, span: 1 });
      expect((await suite.list({ name: 'name 1' }))[0]).toMatchObject({
        observationCount: 4,
        costUsd: 7,
        running: true,
        metadata: { kept: 'yes', stage: 't1' },
      });
      expect((await suite.store.trace(suite.idOf(1)))?.observations).toHaveLength(4);
      expect(await suite.found({ metadata: ['step:child'] })).toEqual([1]);
      expect(await suite.write({ ...open, running: false })).toMatchObject({ insertedSpans: 1, duplicates: 0 });
      expect((await suite.list({ name: 'name 1' }))[0]).toMatchObject({ running: false, observationCount: 4 });
    });

    test('takes back a start that was earlier, and a value that was set last', async () => {
      const key = `${ATTRIBUTE.traceMetadata}who`;
      const late = { durationUs: 90_000, attributes: { [key]: 'first of the late one' } };
      await suite.write(
        { trace: 1, span: 1, startUs: 10, ...late },
        { trace: 1, span: 2, parent: 1, startUs: 500, durationUs: 100, attributes: { [key]: 'the other' } },
      );
      await suite.write({ trace: 1, span: 1, startUs: 400, durationUs: 50, revision: 1 });
      expect(await suite.only()).toMatchObject({
        startTimeUs: suite.epochUs() + 400,
        durationUs: 200,
        metadata: { who: 'the other' },
      });
      expect(await suite.found({ metadata: ['who:the other'] })).toEqual([1]);
      expect(await suite.found({ metadata: ['who:first of the late one'] })).toEqual([]);
    });
  });
}
