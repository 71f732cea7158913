import type { Scenario } from '../runner/scenarios.js';
import { type Check, listOf, number, object, oneOf, optional, recordOf, text } from './shape.js';

const MAX_SAMPLES = 500_000;
const MAX_SCENARIOS = 2_000;
const MAX_ARMS = 200;
const MAX_NOTES = 1_000;

const estimate = object({ median: number, low: number, high: number, count: number });
const estimates = recordOf(estimate);
/** A kind that was forgotten here would not compile. */
const KIND_NAMES: Readonly<Record<Scenario['kind'], true>> = {
  loop: true,
  server: true,
  startup: true,
  burst: true,
  exit: true,
  mistake: true,
  visible: true,
  figure: true,
};
const KINDS = Object.keys(KIND_NAMES);

const arm = object({
  arm: text,
  samples: number,
  failed: number,
  lossy: number,
  spansSent: number,
  spansDelivered: number,
  metrics: estimates,
  added: estimates,
  overUntraced: estimates,
  notes: listOf(text, MAX_NOTES),
});

const summary = object({
  scenario: text,
  title: text,
  kind: oneOf(...KINDS),
  noise: recordOf(number),
  arms: listOf(arm, MAX_ARMS),
});

const sample = object({
  scenario: text,
  arm: text,
  round: number,
  status: oneOf('ok', 'lost', 'failed'),
  spansSent: number,
  spansDelivered: number,
  metrics: recordOf(number),
});

const environment = object({
  commit: optional(text),
  node: text,
  platform: text,
  cpuModel: text,
  cores: number,
  memoryMb: number,
  packages: recordOf(text),
});

/** As much of a report as a comparison reads. */
export const REPORT_SHAPE: Check = object({
  format: oneOf('slipstream-lab/1'),
  startedAt: text,
  command: text,
  mode: oneOf('quick', 'full'),
  seed: number,
  rounds: number,
  environment,
  scenarios: listOf(object({ name: text, title: text, kind: oneOf(...KINDS) }), MAX_SCENARIOS),
  samples: listOf(sample, MAX_SAMPLES),
  summaries: listOf(summary, MAX_SCENARIOS),
});
