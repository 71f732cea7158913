import type { LabReport } from '../model.js';
import { createReport } from '../report.js';
import type { SampleRecord } from '../sample-record.js';

/** A thousandth of what resampling leaves in doubt. */
const KEPT_DIGITS = 5;

/**
 * A run as the repository keeps it: every raw sample, with figures in five digits and without what no figure is made
 * from (threads, times of day, request counts, the folder it was written to). Summaries and goals are made anew from
 * what is left, so that they can be made again by anybody.
 */
export function slimReport({ format: _format, summaries: _summaries, goals: _goals, ...run }: LabReport): LabReport {
  return createReport({ ...run, command: withoutFolder(run.command), samples: run.samples.map(slimSample) });
}

/** Where its files were is no part of a run, and nobody else's business. A folder's name may have spaces. */
function withoutFolder(command: string): string {
  return command.replace(/ --out[ =].*?(?= --|$)/, '');
}

function slimSample(sample: SampleRecord): SampleRecord {
  const { threads: _threads, warmup: _warmup, ...kept } = sample;
  const metrics = Object.fromEntries(Object.entries(kept.metrics).map(([name, value]) => [name, rounded(value)]));
  return { ...kept, durationMs: Math.round(kept.durationMs), metrics };
}

function rounded(value: number | undefined): number | undefined {
  return value === undefined ? undefined : Number(value.toPrecision(KEPT_DIGITS));
}
