import { describeArm } from '../../arms/registry.js';
import { armTitle } from '../arm-title.js';
import type { ArmSummary, LabReport } from '../model.js';
import { NO_VALUE } from '../number-text.js';
import { type Language, PHRASES } from './language.js';
import { shortFigure, shortRange } from './short-number.js';

const SMALL = ['tiny-paced', '4kb-paced'];

/** What the other libraries take of the serving thread for a span of usual size: from the least to the most. */
export function peerCost(report: LabReport): string {
  return `${shortRange(costs(report, 'peer'))} µs`;
}

/** What ours takes for the same. */
export function ownCost(report: LabReport): string {
  return `${shortRange(costs(report, 'own'))} µs`;
}

/** How long the other libraries hold the event loop at most, over all payloads that leave it time, and on a server. */
export function peerStall(report: LabReport): string {
  const asked = report.summaries.filter(({ scenario }) => scenario.endsWith('-paced') || scenario === 'server-4kb');
  const stalls = asked.flatMap(({ arms }) =>
    arms.filter(isSide('peer')).flatMap(({ metrics }) => metrics.longestStallMs?.median ?? []),
  );
  return stalls.length === 0 ? NO_VALUE : `${shortRange([Math.max(...stalls)])} ms`;
}

function costs({ summaries }: LabReport, side: 'own' | 'peer'): number[] {
  return summaries
    .filter(({ scenario }) => SMALL.includes(scenario))
    .flatMap(({ arms }) => arms.filter(isSide(side)).flatMap(({ added }) => added.mainCpuUsPerSpan?.median ?? []));
}

function isSide(side: 'own' | 'peer'): (summary: ArmSummary) => boolean {
  return ({ arm }) => describeArm(arm).side === side && describeArm(arm).captures;
}

/** How many rounds, on what. */
export function machine({ rounds, environment }: LabReport, language: Language): string {
  const { node, cores } = environment;
  const phrases = PHRASES[language];
  const major = node.replace(/^v/, '').split('.')[0] ?? node;
  return `${phrases.rounds(rounds)}, ${phrases.cores(cores)}, Node ${major}`;
}

/** How still the untraced run stands by itself, what a span costs now and then, and what arrives of a burst. */
export function notes(report: LabReport, language: Language): string {
  return [untracedStall(report, language), single(report, language), burst(report, language)]
    .filter((text) => text !== '')
    .join(' ');
}

function untracedStall({ summaries }: LabReport, language: Language): string {
  const arms = summaries.find(({ scenario }) => scenario === '4kb-paced')?.arms ?? [];
  const stalls = arms
    .filter(({ arm }) => describeArm(arm).side === 'none')
    .flatMap(({ metrics }) => metrics.longestStallMs?.median ?? []);
  return stalls.length === 0 ? '' : PHRASES[language].untracedStall(`${shortRange(stalls)} ms`);
}

/** What is cold after a rest is then shared by few spans. */
function single({ summaries }: LabReport, language: Language): string {
  const arms = summaries.find(({ scenario }) => scenario === '4kb-single-paced')?.arms ?? [];
  const figures = arms
    .flatMap(({ arm, added: { mainCpuUsPerSpan } }) =>
      describeArm(arm).side === 'none' || mainCpuUsPerSpan === undefined ? [] : [{ arm, us: mainCpuUsPerSpan.median }],
    )
    .toSorted((left, right) => left.us - right.us)
    .map(({ arm, us }) => `${shortTitle(arm)} ${shortFigure(us)} µs`);
  return figures.length === 0 ? '' : PHRASES[language].single(figures.join(', '));
}

function burst({ summaries }: LabReport, language: Language): string {
  const arms = summaries.find(({ scenario }) => scenario === 'burst-10000')?.arms ?? [];
  const sent = arms.filter(({ spansSent }) => spansSent > 0);
  const [all, rest] = [sent.filter(({ lossy }) => lossy === 0), sent.filter(({ lossy }) => lossy > 0)];
  if (all.length === 0) return '';
  const phrases = PHRASES[language];
  const names = all.map(({ arm }) => armTitle(arm));
  const others = rest.map(({ arm, spansDelivered, samples }) => {
    const delivered = Math.round(spansDelivered / samples).toLocaleString('en-US');
    return `, ${shortTitle(arm)} ${delivered}`;
  });
  return phrases.burst(joined(names, phrases.and), others.join(''));
}

/** A name without its way, so that its comma does not part it from its figure. */
function shortTitle(arm: string): string {
  return armTitle(arm).split(',')[0] ?? arm;
}

function joined(names: readonly string[], and: string): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} ${and} ${names.at(-1) ?? ''}`;
}
