import { estimateMedian } from '../statistics/bootstrap.js';
import type { PythonSample, PythonSummary } from './model.js';
import { PYTHON_SUBJECTS } from './subjects.js';

const MAX_NOTES = 5;

/** Puts together the samples of each case, subject and form, by subject and then by form. */
export function summarisePython(samples: readonly PythonSample[], seed: number): readonly PythonSummary[] {
  const groups = new Map<string, PythonSample[]>();
  for (const sample of samples) {
    const key = JSON.stringify([sample.case, sample.subject, sample.variant]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [sample]);
    else group.push(sample);
  }
  const cases = [...new Set(samples.map((sample) => sample.case))];
  return [...groups.values()].map((group) => summariseGroup(group, seed)).sort(bySubject(cases));
}

const SUBJECT_ORDER = PYTHON_SUBJECTS.map(({ subject }) => subject as string);

/** Cases stay in the order in which they were taken up. */
function bySubject(cases: readonly string[]): (left: PythonSummary, right: PythonSummary) => number {
  const ranks = (one: PythonSummary): [number, number] => [cases.indexOf(one.case), SUBJECT_ORDER.indexOf(one.subject)];
  return (left, right) => {
    const [[leftCase, leftSubject], [rightCase, rightSubject]] = [ranks(left), ranks(right)];
    return leftCase - rightCase || leftSubject - rightSubject || left.variant.localeCompare(right.variant);
  };
}

function summariseGroup(group: readonly PythonSample[], seed: number): PythonSummary {
  const [first] = group as readonly [PythonSample, ...PythonSample[]];
  const measured = group.filter((sample) => sample.status !== 'failed');
  const names = [...new Set(measured.flatMap((sample) => Object.keys(sample.metrics)))];
  const notes = [...new Set(group.flatMap(({ note }) => (note === undefined ? [] : [note])))];
  return {
    case: first.case,
    subject: first.subject,
    variant: first.variant,
    samples: group.length,
    failed: group.length - measured.length,
    lossy: group.filter((sample) => sample.status === 'lost').length,
    metrics: Object.fromEntries(names.flatMap((name) => estimateOf(measured, name, seed))),
    notes: notes.slice(0, MAX_NOTES),
  };
}

function estimateOf(measured: readonly PythonSample[], name: string, seed: number) {
  const values = measured.flatMap(({ metrics }) => (metrics[name] === undefined ? [] : [metrics[name]]));
  const estimate = estimateMedian(values, seed);
  return estimate === undefined ? [] : [[name, estimate] as const];
}
