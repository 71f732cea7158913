import { expect, test } from 'vitest';
import { type CalibrationChange, calibrationOf } from '../../test/support/calibration.js';
import { ARMS, describeArm } from '../arms/registry.js';
import { scenariosOf } from '../runner/scenarios.js';
import { addCounts, type Counts, jsonCounts, postCounts, spansPerSend } from './arm-model.js';
import { modelOf } from './arm-models.js';
import { otlpJsonCounts } from './arms/otlp.js';
import { MIB, pricesNs } from './constants.js';
import { driftBetween } from './drift.js';
import { HEADLINE_BOUND, HEADLINE_CELLS } from './headline.js';
import { type Predictions, predictRun } from './predict.js';
import { reasonsOf } from './reason.js';
import { predictServer, type ServerLoad } from './server.js';
import { describeSpans, describeValue, isPredicted } from './span-facts.js';

const SCENARIOS = scenariosOf('quick', ['baseline']);
const ARM_NAMES = ARMS.map(({ name }) => name);
function predict(change: CalibrationChange = {}, names: readonly string[] = ['4kb-paced']): Predictions {
  const scenarios = SCENARIOS.filter(({ name }) => names.includes(name));
  return predictRun(calibrationOf(change), { scenarios, arms: ARM_NAMES, seed: 1 }, '2026-01-01');
}

function factsOf(name: string) {
  const scenario = SCENARIOS.find((candidate) => candidate.name === name)!;
  if (!isPredicted(scenario)) throw new TypeError(`${name} is not predicted`);
  return describeSpans(scenario, 'slipstream', 1)!;
}

test('a value is counted as a library walks it', () => {
  expect(describeValue({ role: 'user', content: 'x'.repeat(2_048) })).toEqual({
    isText: false,
    objects: 1,
    properties: 2,
    shortTexts: 1,
    longTexts: 1,
    kichars: 2 + 4 / 1_024,
    jsonKichars: ('{"role":"user","content":""}'.length + 2_048) / 1_024,
  });
  expect(describeValue('x'.repeat(1_024))).toMatchObject({ isText: true, objects: 0, longTexts: 1, jsonKichars: 1 });
});

test('the facts of a scenario are those of its payload', () => {
  expect(factsOf('4kb-paced')).toMatchObject({ pace: 'paced', charset: 'oneByte', size: 'short', spansPerBurst: 70 });
  expect(factsOf('4kb-paced').input).toMatchObject({ longTexts: 4, kichars: 3 + 26 / 1_024 });
  expect(factsOf('tiny-tight').pace).toBe('tight');
  expect(factsOf('100kb-string-vietnamese-paced')).toMatchObject({ charset: 'twoByte', size: 'long' });
  expect(factsOf('server-4kb').spansPerSecond).toBe(2_800);
});

test('texts pass a library that captures JSON, and the rest is turned into it', () => {
  const text = describeValue('x'.repeat(1_024));
  const object = describeValue({ content: 'x'.repeat(1_024) });
  expect(jsonCounts([text])).toEqual({ jsonCallNs: 0, jsonPropertyNs: 0, jsonNsPerKichar: 0 });
  expect(jsonCounts([text, object])).toEqual({ jsonCallNs: 1, jsonPropertyNs: 1, jsonNsPerKichar: 1 });
});

test('counts of the same constant add up', () => {
  const once: Counts = { clockReadNs: 2, idHexNs: 1 };
  expect(addCounts(once, { clockReadNs: 1 })).toEqual({ clockReadNs: 3, idHexNs: 1 });
});

test('a large request is fresh memory, a small one is not', () => {
  expect(postCounts(15, 100, 2).freshUsPerMib).toBe(0);
  expect(postCounts(512, 1024 * 1024, 2)).toEqual({ postUs: 1 / 512, postUsPerMib: 1, freshUsPerMib: 2 });
});

test('a batch that becomes one JSON text of many megabytes costs more than its parts, a small one does not', () => {
  const sent = { values: [], attributes: 2, ownBodyBytes: 400, spansPerPost: 512 };
  const large = { ...sent, values: [describeValue('x'.repeat(102_400))] };
  expect(otlpJsonCounts(factsOf('4kb-paced'), sent).batchTextUsPerMib).toBe(0);
  expect(otlpJsonCounts(factsOf('100kb-string-paced'), large).batchTextUsPerMib).toBeCloseTo(102_800 / MIB, 5);
});

test('a sender sends when enough wait or when its time is up', () => {
  const facts = { ...factsOf('tiny-paced'), spans: 10_000, spansPerSecond: 100 };
  expect(spansPerSend(facts, 512, 5_000)).toBe(500);
  expect(spansPerSend({ ...facts, spansPerSecond: 1_000 }, 512, 5_000)).toBe(512);
  expect(spansPerSend({ ...facts, spans: 7 }, 512, 5_000)).toBe(7);
});

test('a prediction is the sum of its terms, each a constant times a count', () => {
  const calibration = calibrationOf({ paced: 1 });
  const cell = predict({ paced: 1 }).cells.find(({ scenario, arm }) => scenario === '4kb-paced' && arm === 'langfuse')!;
  const prices = pricesNs(calibration, 'paced', 'short', 'oneByte');
  const sum = cell.terms.reduce((total, { constant, times }) => total + (times * prices[constant]) / 1_000, 0);
  expect(cell.metrics.mainCpuUsPerSpan).toBeCloseTo(sum, 6);
  expect(cell.directUsPerSpan + cell.deferredUsPerSpan).toBeCloseTo(sum, 6);
});

test('the same constants give the same predictions, all of them finite', () => {
  expect(predict()).toEqual(predict());
  const every = predict(
    {},
    SCENARIOS.map(({ name }) => name),
  );
  for (const { scenario, arm, metrics } of every.cells) {
    for (const value of Object.values(metrics)) {
      expect(Number.isFinite(value) && value > 0, `${arm} in ${scenario}`).toBe(true);
    }
  }
});

test('what is dearer on the machine is dearer in the arms that do it, and in no other', () => {
  const cpu = (change: CalibrationChange, arm: string) =>
    predict(change).cells.find((cell) => cell.scenario === '4kb-paced' && cell.arm === arm)?.metrics.mainCpuUsPerSpan;
  const dearJson = { text: { jsonNsPerKichar: 50_000 } };
  expect(cpu(dearJson, 'langfuse')).toBeGreaterThan(cpu({}, 'langfuse')!);
  expect(cpu(dearJson, 'slipstream')).toBe(cpu({}, 'slipstream'));
  expect(cpu(dearJson, 'langfuse-capture-off')).toBeLessThan(cpu(dearJson, 'langfuse')!);
});

test('Slipstream puts nothing off but one answer to a flush, and holds the thread for no batch', () => {
  const { terms, batchSpans } = modelOf('slipstream')!;
  const facts = factsOf('4kb-paced');
  expect(terms(facts, true).filter(({ when }) => when === 'deferred')).toEqual([
    { when: 'deferred', constant: 'flushUs', times: 1 / facts.spans },
  ]);
  expect(batchSpans(facts)).toBe(0);
});

test('what has gone cold is paid once a burst, however many spans share it', () => {
  const addedByCold = (name: string) => {
    const us = (paced: number) =>
      predict({ paced }, [name]).cells.find(({ scenario, arm }) => scenario === name && arm === 'slipstream')!
        .directUsPerSpan;
    return us(2) - us(1);
  };
  expect(addedByCold('tiny-tight')).toBe(0);
  // One trace between two rests instead of ten.
  expect(addedByCold('100kb-messages-paced')).toBeCloseTo(10 * addedByCold('4kb-paced'), 6);
});

test('no term is below zero, whatever noise made of the constants', () => {
  const calibration = { ...calibrationOf({ paced: 1 }), together: { tight: 1.5, paced: 1 } };
  const scenarios = SCENARIOS.filter(({ name }) => name === 'server-4kb');
  const { cells } = predictRun(calibration, { scenarios, arms: ARM_NAMES, seed: 1 }, '');
  for (const { us } of cells.flatMap(({ terms }) => terms)) expect(us).toBeGreaterThanOrEqual(0);
});

test('the constants change with the pace, the size of a text and its charset', () => {
  const calibration = calibrationOf({ paced: 3 });
  expect(pricesNs(calibration, 'paced', 'short', 'oneByte').clockReadNs).toBe(
    3 * pricesNs(calibration, 'tight', 'short', 'oneByte').clockReadNs,
  );
});

const LOAD: ServerLoad = {
  requestsPerSecond: 400,
  durationMs: 4_000,
  spansPerRequest: 7,
  waitsPerRequest: 4,
  leafWaitMs: 1,
  directUsPerSpan: 0,
  deferredUsPerSpan: 0,
  stallMs: 0,
  batchSpans: 0,
};

test('the CPU of a server is what its requests and spans take', () => {
  const calibration = calibrationOf();
  const bare = predictServer(LOAD, calibration);
  expect(bare.mainCpuMsPerSecond).toBeCloseTo((400 * calibration.machine.requestUs) / 1_000, 6);
  const traced = predictServer({ ...LOAD, directUsPerSpan: 10, deferredUsPerSpan: 5 }, calibration);
  expect(traced.mainCpuMsPerSecond - bare.mainCpuMsPerSecond).toBeCloseTo((400 * 7 * 15) / 1_000, 6);
  expect(traced.p50Ms).toBeGreaterThan(bare.p50Ms);
});

test('a server that nobody traces answers as the requests that only wait', () => {
  const calibration = calibrationOf();
  const { p50Ms, p99Ms } = predictServer(LOAD, calibration);
  expect(p50Ms).toBeCloseTo(calibration.wait.bareP50Ms, 6);
  expect(p99Ms).toBeCloseTo(calibration.wait.bareP99Ms, 6);
  expect(predictServer({ ...LOAD, leafWaitMs: 3 }, calibration).p50Ms).toBeCloseTo(p50Ms + 4 * 2, 6);
});

test('requests pile up where a second of them takes more than a second', () => {
  const calibration = calibrationOf();
  const at = (deferredUsPerSpan: number) => predictServer({ ...LOAD, deferredUsPerSpan }, calibration);
  // 400 requests of 100 us and of 7 spans: 1.24 seconds of work a second.
  const tooMuch = at(1_200_000 / 2_800);
  expect(tooMuch.mainCpuMsPerSecond).toBe(1_000);
  expect(tooMuch.p99Ms - tooMuch.p50Ms).toBeGreaterThan(0.4 * 4_000 * 0.24);
  expect(at(800_000 / 2_800).p99Ms).toBeLessThan(100);
});

test('a batch is in the tail where enough requests meet it, and in the median where most do', () => {
  const calibration = calibrationOf();
  const added = (stallMs: number, batchSpans: number) => {
    const bare = predictServer(LOAD, calibration);
    const { p50Ms, p99Ms } = predictServer({ ...LOAD, stallMs, batchSpans }, calibration);
    return { p50Ms: p50Ms - bare.p50Ms, p99Ms: p99Ms - bare.p99Ms };
  };
  expect(added(100, 512).p99Ms).toBeGreaterThan(80);
  // Nobody waits longer than for the whole batch and what piled up behind it.
  expect(added(100, 512).p99Ms).toBeLessThan(110);
  expect(added(20, 512).p50Ms).toBeLessThan(1);
  expect(added(200, 512).p50Ms).toBeGreaterThan(20);
  // Once in 25 minutes: nobody in the slowest hundredth meets it.
  expect(added(100, 4_200_000).p99Ms).toBeLessThan(0.1);
});

test('the cells that the model is judged by are in the scenarios, and are only reported where they are run', () => {
  for (const { scenario, arm } of HEADLINE_CELLS) {
    const found = SCENARIOS.find(({ name }) => name === scenario);
    expect(found?.arms, `${scenario} ${arm}`).toContain(arm);
  }
  expect(HEADLINE_BOUND).toBe(0.3);
  const narrow = predictRun(calibrationOf(), { scenarios: SCENARIOS, arms: ['slipstream'], seed: 1 }, '');
  expect(new Set(narrow.headline.map(({ arm }) => arm))).toEqual(new Set(['slipstream']));
});

const EVERY_SCENARIO = scenariosOf('quick', ['baseline', 'ways', 'mistakes']);
const EVERY_CELL = predictRun(calibrationOf(), { scenarios: EVERY_SCENARIO, arms: ARM_NAMES, seed: 1 }, '2026-01-01');

test('each cell that is measured has a prediction, or a reason why it has none', () => {
  const { cells, notPredicted = [] } = EVERY_CELL;
  for (const scenario of EVERY_SCENARIO.filter(isPredicted)) {
    for (const arm of scenario.arms) {
      const isWork = describeArm(arm).side === 'none' && scenario.kind !== 'server';
      const found = [...cells, ...notPredicted].filter((cell) => cell.scenario === scenario.name && cell.arm === arm);
      expect(found.length, `${scenario.name} ${arm}`).toBe(isWork ? 0 : 1);
    }
  }
  for (const { reason } of notPredicted) expect(reason).not.toBe('');
});

test('each server cell has p50, p99 and CPU', () => {
  const servers = EVERY_SCENARIO.filter((scenario) => scenario.kind === 'server').map(({ name }) => name);
  const cells = EVERY_CELL.cells.filter(({ scenario }) => servers.includes(scenario));
  expect(cells.length).toBeGreaterThan(0);
  for (const { metrics } of cells) {
    expect(metrics.p99Ms).toBeGreaterThanOrEqual(metrics.p50Ms!);
    expect(metrics.mainCpuMsPerSecond).toBeGreaterThan(0);
  }
});

test('a trace takes longer by its direct part, and one in a hundred by a batch', () => {
  const cell = predict().cells.find(({ arm }) => arm === 'langfuse')!;
  expect(cell.addedToTraceMs?.p50).toBeCloseTo((7 * cell.directUsPerSpan) / 1_000, 9);
  expect(cell.addedToTraceMs?.p99).toBeCloseTo((7 * cell.directUsPerSpan) / 1_000 + cell.stallMs, 9);
  const own = predict().cells.find(({ arm }) => arm === 'slipstream')!;
  expect(own.addedToTraceMs?.p99).toBe(own.addedToTraceMs?.p50);
});

test('an arm differs from its library by what it does otherwise', () => {
  const { cells } = EVERY_CELL;
  const cpu = (arm: string) =>
    cells.find((cell) => cell.scenario === 'ways-4kb' && cell.arm === arm)?.metrics.mainCpuUsPerSpan ?? Number.NaN;
  expect(cpu('langfuse-masked')).toBeGreaterThan(cpu('langfuse'));
  expect(cpu('langfuse-immediate')).toBeGreaterThan(cpu('langfuse'));
  expect(cpu('opentelemetry-simple')).toBeGreaterThan(cpu('opentelemetry'));
  expect(cpu('slipstream-inline')).toBeGreaterThan(cpu('slipstream'));
  // The mask is the worker's.
  expect(cpu('slipstream-masked')).toBe(cpu('slipstream'));
});

test('a mistake costs its spans, and what makes a client is said to be unknown', () => {
  const { cells, notPredicted = [] } = EVERY_CELL;
  const us = (scenario: string, arm: string) =>
    cells.find((cell) => cell.scenario === scenario && cell.arm === arm)?.metrics.mainCpuUsPerRequest ?? Number.NaN;
  expect(us('mistake-1.2-bad', 'langfuse') / us('mistake-1.2-good', 'langfuse')).toBeGreaterThan(3);
  expect(us('mistake-1.3-bad', 'langfuse')).toBeGreaterThan(us('mistake-1.3-good', 'langfuse'));
  expect(us('mistake-1.6-flush', 'langfuse')).toBeGreaterThan(us('mistake-1.6-good', 'langfuse'));
  expect(notPredicted.find(({ scenario }) => scenario === 'mistake-1.1-bad')?.reason).toContain('making a client');
});

test('drift is how many times as long the same operations take', () => {
  const before = calibrationOf({ paced: 1 });
  const after = calibrationOf({ paced: 1.2, text: { copyNsPerKichar: 9_000 } });
  expect(driftBetween(before, before)).toEqual({ fixed: 1, text: 1, requestCpu: 1, requestLatency: 1 });
  expect(driftBetween(before, after).fixed).toBeCloseTo(1.2, 9);
  // One of many texts: a median does not move.
  expect(driftBetween(before, after).text).toBe(1);
});

test('a program that has hardly run when it is measured is said to be so, and only then held against it', () => {
  const cell = EVERY_CELL.cells.find(({ scenario, arm }) => scenario === 'mistake-1.2-good' && arm === 'langfuse')!;
  expect(cell.warmUpSpans).toBe(150 * 3);
  const compared = { scenario: cell.scenario, arm: cell.arm, metric: 'mainCpuUsPerRequest' } as const;
  const tooLittle = reasonsOf({ ...compared, predicted: 50, measured: 100, error: -0.5 }, EVERY_CELL);
  expect(tooLittle.join(' ')).toContain('measured after 450 spans');
  const tooMuch = reasonsOf({ ...compared, predicted: 150, measured: 100, error: 0.5 }, EVERY_CELL);
  expect(tooMuch.join(' ')).not.toContain('measured after');
});
