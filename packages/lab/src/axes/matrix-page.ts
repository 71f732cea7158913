import { ARMS, type ArmName, describeArm } from '../arms/registry.js';
import type { ArmSummary, LabReport } from '../report/model.js';
import { formatNumber } from '../report/number-text.js';
import { scenariosOf } from '../runner/scenarios.js';
import { AXES, type LeafId } from './axes.js';
import type { Axis, Leaf } from './leaf.js';
import { placeCell, placeScenario } from './places.js';
import { countCombinations, RULES } from './rules.js';

/** Every figure is of this run: its page, from where the matrix is. */
const RUN = '[the published full run](../../packages/lab/results/report.html)';

/** Scenarios of every suite, once each. */
export function everyScenario() {
  return scenariosOf('full', ['baseline', 'ways', 'mistakes', 'faults']);
}

/** The matrix as a page, with the figures of a run where there is one. */
export function renderMatrix(report?: LabReport): string {
  const { all, sensible } = countCombinations();
  return [
    '# Every way to trace',
    '',
    'Generated from `packages/lab/src/axes`; do not edit. `npm run lab:matrix` writes it anew.',
    '',
    `A way to trace is one decision on each of six axes, without overlap and without gap: ${AXES.map(({ leaves }) => leaves.length).join(' x ')} = ${all.toLocaleString('en-US')} combinations, of which ${sensible.toLocaleString('en-US')} make sense. Language, version, load, and what is on the other side are factors beside the axes. The lab runs the combinations that real libraries choose by default, and says below why it does not run the rest.`,
    '',
    ...(report === undefined ? [] : [`Figures are main-thread CPU that tracing adds, in ${RUN}.`, '']),
    ...treeOf(report),
    ...AXES.flatMap((axis) => ['', ...renderAxis(axis, report)]),
    '',
    ...renderRules(),
    '',
    ...renderArms(),
    '',
    ...renderScenarios(),
    '',
  ].join('\n');
}

function treeOf(report: LabReport | undefined): string[] {
  return AXES.flatMap(({ id, question, leaves }) => [
    `- **${id}** ${question}`,
    ...leaves.map((leaf) => {
      const arms = armsOn(leaf.id as LeafId);
      const notRun = leaf.python === undefined ? ' (not run)' : ' (run in Python alone)';
      return `  - ${leaf.title}${arms.length === 0 ? notRun : rangeText(figuresOn(leaf.id as LeafId, arms, report))}`;
    }),
  ]);
}

function renderAxis({ id, question, explanation, leaves }: Axis, report: LabReport | undefined): string[] {
  return [`## ${id}. ${question}`, '', explanation, ...leaves.flatMap((leaf) => ['', ...renderLeaf(leaf, report)])];
}

function renderLeaf(leaf: Leaf, report: LabReport | undefined): string[] {
  const arms = armsOn(leaf.id as LeafId);
  const published = (leaf.published ?? []).map(({ text, source }) => `- Published: ${text} (${sourceText(source)}).`);
  const run =
    arms.length === 0
      ? [`- Not run${leaf.python === undefined ? '' : ' in JavaScript'}: ${leaf.whyNotRun ?? ''}`]
      : [`- Run: ${armTexts(leaf.id as LeafId, arms, report)}`];
  return [`### ${leaf.title}`, '', leaf.explanation, '', ...run, ...pythonTexts(leaf, report), ...published];
}

/** A line for each case. */
function pythonTexts({ python }: Leaf, report: LabReport | undefined): string[] {
  return (python?.cases ?? []).flatMap((id) => {
    const definition = report?.python?.cases.find((one) => one.id === id);
    if (definition === undefined) return [];
    const figures = ['untraced', ...(python?.subjects ?? [])].flatMap((subject) => {
      const found = report?.python?.summaries.find((one) => one.case === id && one.subject === subject);
      const median = found?.metrics[definition.principalMetric]?.median;
      return median === undefined ? [] : [`${subject} ${formatNumber(median)} ${definition.unit}`];
    });
    const measure = definition.principalMetric === 'p99Ms' ? 'p99 of a request' : definition.principalMetric;
    return [`- Run in Python, ${definition.title}, ${measure}: ${figures.join(', ')}.`];
  });
}

function sourceText(source: string): string {
  return source.startsWith('https://') ? `[source](${source})` : source;
}

/** Arms that stand on a leaf, in a scenario at least. */
export function armsOn(leaf: LeafId): readonly ArmName[] {
  const scenarios = everyScenario();
  const stands = (arm: ArmName): boolean =>
    Object.values(describeArm(arm).place).includes(leaf) ||
    scenarios.some((scenario) => scenario.arms.includes(arm) && Object.values(placeCell(arm, scenario)).includes(leaf));
  return ARMS.map(({ name }) => name).filter(stands);
}

function armTexts(leaf: LeafId, arms: readonly ArmName[], report: LabReport | undefined): string {
  return `${arms.map((arm) => `${arm}${figureText(figureOf(leaf, arm, report))}`).join('; ')}.`;
}

/** A scenario whose figure stands for an arm on the leaves where it stands there, and what that figure is of. */
interface FigureSource {
  readonly scenario: string;
  readonly what: string;
}

const WITH_4_KB = 'a span, 4 KB a span';
/** The first that has a figure counts. */
const WITH_VALUES: readonly FigureSource[] = [
  { scenario: '4kb-paced', what: WITH_4_KB },
  { scenario: 'ways-4kb', what: WITH_4_KB },
  { scenario: 'ways-openai', what: 'a call of a model' },
  { scenario: 'ways-langchain', what: 'a step of a chain' },
  { scenario: 'ways-deep', what: 'a span, a hundred of them deep' },
];
const WITHOUT_VALUES: readonly FigureSource[] = [{ scenario: 'tiny-paced', what: 'a span, nothing captured' }];

interface Figure {
  readonly us: number;
  readonly what: string;
}

function figureOf(leaf: LeafId, arm: ArmName, report: LabReport | undefined): Figure | undefined {
  if (report === undefined || describeArm(arm).place.A === 'A.nobody') return undefined;
  const sources = describeArm(arm).place.C === 'C.off' ? WITHOUT_VALUES : WITH_VALUES;
  for (const { scenario, what } of sources.filter((source) => standsOn(leaf, arm, source.scenario))) {
    const us = summaryOf(report, scenario, arm)?.added.mainCpuUsPerSpan?.median;
    if (us !== undefined) return { us, what };
  }
  return undefined;
}

const SCENARIOS = new Map(everyScenario().map((scenario) => [scenario.name, scenario]));

/** An arm may stand on a leaf in one scenario alone: the figure of another one says nothing of it. */
function standsOn(leaf: LeafId, arm: ArmName, name: string): boolean {
  const scenario = SCENARIOS.get(name);
  return scenario !== undefined && Object.values(placeCell(arm, scenario)).includes(leaf);
}

function figuresOn(leaf: LeafId, arms: readonly ArmName[], report: LabReport | undefined): readonly Figure[] {
  return arms.flatMap((arm) => figureOf(leaf, arm, report) ?? []);
}

function figureText(figure: Figure | undefined): string {
  return figure === undefined ? '' : ` (${formatNumber(figure.us)} µs ${figure.what})`;
}

/** What the arms of a leaf cost, from the cheapest to the dearest, those that capture where there are any. */
function rangeText(figures: readonly Figure[]): string {
  const wanted = figures.some(({ what }) => what === WITH_4_KB) ? WITH_4_KB : figures[0]?.what;
  const sorted = figures.filter(({ what }) => what === wanted).sort((left, right) => left.us - right.us);
  const [cheapest, dearest] = [sorted[0], sorted.at(-1)];
  if (cheapest === undefined || dearest === undefined) return '';
  const span =
    cheapest === dearest ? formatNumber(cheapest.us) : `${formatNumber(cheapest.us)} to ${formatNumber(dearest.us)}`;
  return `: ${span} µs ${wanted}`;
}

function summaryOf({ summaries }: LabReport, scenario: string, arm: ArmName): ArmSummary | undefined {
  return summaries.find((summary) => summary.scenario === scenario)?.arms.find((summary) => summary.arm === arm);
}

function renderRules(): string[] {
  return [
    '## What does not go together',
    '',
    '| where | not with | why |',
    '| --- | --- | --- |',
    ...RULES.map(({ leaf, never, why }) => `| ${titleOf(leaf)} | ${never.map(titleOf).join(', ')} | ${why} |`),
  ];
}

function titleOf(id: LeafId): string {
  const title = AXES.flatMap(({ leaves }) => leaves).find((leaf) => leaf.id === id)?.title ?? id;
  return `${id.slice(0, 1)}: ${title}`;
}

function renderArms(): string[] {
  return [
    '## The arms',
    '',
    `| arm | ${AXES.map(({ id }) => id).join(' | ')} |`,
    `| --- |${AXES.map(() => ' --- |').join('')}`,
    ...ARMS.map(({ name }) => {
      const leaves = AXES.map(({ id }) => titleOf(describeArm(name).place[id]).slice(3));
      return `| ${name} | ${leaves.join(' | ')} |`;
    }),
  ];
}

function renderScenarios(): string[] {
  return [
    '## The scenarios',
    '',
    'A scenario decides D, sometimes F, and the factors.',
    '',
    '| scenario | D | F | text a span | script | backend |',
    '| --- | --- | --- | --- | --- | --- |',
    ...everyScenario().map((scenario) => {
      const { D, F, bytes, script, backend } = placeScenario(scenario);
      const life = F === undefined ? "the arm's" : titleOf(F).slice(3);
      return `| ${scenario.name} | ${titleOf(D).slice(3)} | ${life} | ${bytes} | ${script} | ${backend} |`;
    }),
  ];
}
