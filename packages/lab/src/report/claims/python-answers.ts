import type { PythonCase, PythonResults, PythonSummary } from '../../python/model.js';
import type { Estimate } from '../../statistics/bootstrap.js';
import { intervalText } from '../interval-text.js';
import { formatNumber, NO_VALUE } from '../number-text.js';
import type { MethodClaim, MistakeClaim } from './claim.js';
import { type ClaimAnswer, costText } from './javascript-answers.js';
import { judgeRange, judgeVersions, NOT_MEASURED } from './judge.js';
import { millisecondsOf, scaled } from './units.js';

/** What the Python libraries take by a way to trace, each form by itself. */
export function answerMethodInPython(python: PythonResults | undefined, claim: MethodClaim): ClaimAnswer[] {
  const { id, title, range, unit } = claim;
  const base = { claim: id, title, language: 'Python', notesSay: `${range.low} to ${range.high} ms ${unit}` } as const;
  const asked = python?.cases.find((one) => one.id === claim.pythonCase);
  const found = tracedSummaries(python, claim.pythonCase);
  if (python === undefined || asked === undefined || found.length === 0) return [missing(base)];
  return found.map((summary) => {
    const estimate = principal(asked, summary);
    return {
      ...base,
      subject: nameOf(python, summary),
      predicted: modelText(python, asked, summary),
      measured: intervalText(estimate, asked.unit),
      verdict: judgeRange(inMilliseconds(asked, estimate), range),
    };
  });
}

/** What the bad and the good form of a mistake take; cases without such forms are held against the untraced one. */
export function answerMistakeInPython(python: PythonResults | undefined, claim: MistakeClaim): ClaimAnswer[] {
  const base = { claim: claim.id, title: claim.title, language: 'Python', notesSay: costText(claim) } as const;
  if (python === undefined) return [missing(base)];
  const answers = claim.pythonCases.flatMap((id) => {
    const asked = python.cases.find((one) => one.id === id);
    return asked === undefined ? [] : pairsOf(python, asked).map((pair) => answerPair(python, claim, asked, pair));
  });
  return answers.length === 0 ? [missing(base)] : answers;
}

interface Pair {
  readonly bad: PythonSummary;
  readonly good: PythonSummary | undefined;
  readonly words: readonly [bad: string, good: string];
  /** What is held against untraced is the cure: the question is what it costs. */
  readonly isCure?: boolean;
}

/** The notes' own remedy. */
const CURE = 'multiprocessing';

/** Each wrong form beside the right form of the same; else beside any right one, else beside the untraced. */
function pairsOf(python: PythonResults, { id }: PythonCase): Pair[] {
  const all = python.summaries.filter((summary) => summary.case === id);
  const traced = all.filter(({ subject }) => subject !== 'untraced');
  const bad = traced.filter(({ variant }) => variant.includes('bad'));
  return (bad.length > 0 ? bad : traced).map((summary) => {
    const good = goodBeside(traced, summary);
    if (good !== undefined) return { bad: summary, good, words: ['bad', 'good'] };
    const untraced = untracedBeside(all, summary);
    if (summary.subject === CURE) return { bad: summary, good: untraced, words: ['cured', 'untraced'], isCure: true };
    return { bad: summary, good: untraced, words: ['traced', 'untraced'] };
  });
}

function goodBeside(traced: readonly PythonSummary[], { subject, variant }: PythonSummary): PythonSummary | undefined {
  const good = traced.filter((one) => one.subject === subject && one.variant.includes('good'));
  return good.find((one) => one.variant === variant.replace('bad', 'good')) ?? good[0];
}

function untracedBeside(all: readonly PythonSummary[], { variant }: PythonSummary): PythonSummary | undefined {
  const untraced = all.filter(({ subject }) => subject === 'untraced');
  return untraced.find((summary) => summary.variant === variant) ?? untraced[0];
}

function answerPair(
  python: PythonResults,
  claim: MistakeClaim,
  asked: PythonCase,
  { bad, good, words, isCure = false }: Pair,
): ClaimAnswer {
  const [badFigure, goodFigure] = [principal(asked, bad), good === undefined ? undefined : principal(asked, good)];
  const isTime = millisecondsOf(asked.unit) !== undefined;
  const [traced, beside] = isTime
    ? [inMilliseconds(asked, badFigure), inMilliseconds(asked, goodFigure)]
    : [badFigure, goodFigure];
  const verdict =
    claim.spanCost === undefined
      ? judgeVersions({
          ...(isCure ? { bad: beside, good: traced, asks: 'cure' } : { bad: traced, good: beside, asks: claim.asks }),
          ...(isTime && claim.cost !== undefined ? { cost: claim.cost } : {}),
        })
      : judgeRange(inMilliseconds(asked, badFigure), claim.spanCost);
  return {
    claim: claim.id,
    title: asked.title.replace(`${claim.id}: `, ''),
    language: 'Python',
    subject: nameOf(python, bad),
    notesSay: costText(claim),
    predicted: modelText(python, asked, bad),
    measured: `${words[0]} ${intervalText(badFigure, asked.unit)}, ${words[1]} ${intervalText(goodFigure, asked.unit)}`,
    verdict,
  };
}

function missing(base: Pick<ClaimAnswer, 'claim' | 'title' | 'language' | 'notesSay'>): ClaimAnswer {
  return { ...base, subject: 'Langfuse 2, 3 and 5', predicted: NO_VALUE, measured: NO_VALUE, verdict: NOT_MEASURED };
}

function tracedSummaries(python: PythonResults | undefined, id: string): PythonSummary[] {
  return (python?.summaries ?? []).filter((summary) => summary.case === id && summary.subject !== 'untraced');
}

function principal({ principalMetric }: PythonCase, { metrics }: PythonSummary): Estimate | undefined {
  return metrics[principalMetric];
}

function inMilliseconds({ unit }: PythonCase, estimate: Estimate | undefined): Estimate | undefined {
  const factor = millisecondsOf(unit);
  return estimate === undefined || factor === undefined ? undefined : scaled(estimate, factor);
}

function nameOf({ packages }: PythonResults, { subject, variant }: PythonSummary): string {
  const version = packages[subject];
  return `${subject}${version === undefined ? '' : ` (${version})`}${variant === '' ? '' : `, ${variant}`}`;
}

/** What the model said of a case's subject and form before it was run; a dash where it says nothing. */
export function modelText({ predictions }: PythonResults, { id, unit }: PythonCase, summary: PythonSummary): string {
  const prediction = predictions.find(
    (one) => one.case === id && one.subject === summary.subject && one.variant === summary.variant,
  );
  return prediction === undefined ? NO_VALUE : `${formatNumber(prediction.value)} ${unit}`;
}
