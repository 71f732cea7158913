import type { CutText, ObservationDetail, Score, TraceDetail } from '@slipstream/query-api';
import type { Paint } from '../terminal/colour.js';
import { plainLines, plainText } from '../terminal/plain-text.js';
import { formatAmount, formatCount } from '../terminal/table.js';
import { formatClock, formatCost, formatSpan, formatTime, formatTokens } from '../terminal/values.js';
import { type Canvas, formatWaterfall } from './waterfall.js';

const VALUE_COLUMNS = 500;
const MAX_SCORES = 20;
/** What a screen or two hold; `--full` shows the rest. */
export const SHOWN_ROWS = 500;
const SHOWN_TEXT = 4000;
/** Larger texts are shown as they are: laying them out would take its time. */
const MAX_LAID_OUT = 1_000_000;

/** What `slipstream trace` prints: what is known of the trace, its tree with the course in time, its scores. */
export function formatTrace(detail: TraceDetail, canvas: Canvas): string {
  const { trace, observations, scores } = detail;
  const facts = factLines(
    [
      ['trace', trace.traceId],
      ['began', formatTime(trace.startTimeUs)],
      ['took', formatSpan(trace.running ? null : trace.durationUs)],
      ['service', trace.service],
      ['environment', trace.environment],
      ['release', trace.release],
      ['user', trace.userId],
      ['conversation', trace.conversation],
      ['tags', trace.tags.join(', ')],
      ['tokens', tokensOf(trace)],
      ['cost', trace.costUsd === null ? null : formatCost(trace.costUsd)],
      ...Object.entries(trace.metadata),
    ],
    canvas.paint,
  );
  const left = observations.length - canvas.maxRows;
  return joinLines([
    plainText(trace.name, VALUE_COLUMNS) || '(no name)',
    ...facts,
    '',
    ...formatWaterfall(detail, canvas),
    ...(left > 0 ? [`… and ${formatAmount(left, 'observation')} more: add --full`] : []),
    ...(detail.truncated ? ['The trace has more observations than the collector gives at once.'] : []),
    ...scoreLines(scores, canvas.paint),
  ]);
}

/** What `slipstream trace --observation` prints. */
export function formatObservation(detail: ObservationDetail, paint: Paint, isFull: boolean): string {
  const took = detail.endTimeUs === null ? null : detail.endTimeUs - detail.startTimeUs;
  const first = detail.completionStartTimeUs;
  const facts: Fact[] = [
    ['observation', detail.spanId],
    ['trace', detail.traceId],
    ['type', detail.type],
    ['level', detail.level],
    ['message', detail.statusMessage],
    ['began', `${formatTime(detail.startTimeUs).slice(0, 10)} ${formatClock(detail.startTimeUs)}`],
    ['took', formatSpan(took)],
    ['first token after', first === null ? null : formatSpan(first - detail.startTimeUs)],
    ['model', detail.model],
    ['parameters', detail.modelParameters],
    ['tokens', tokensOf(detail)],
    ['cost', detail.costUsd === null ? null : `${formatCost(detail.costUsd)} (${detail.costSource})`],
    ['prompt', [detail.promptName, detail.promptVersion].filter((part) => part !== null).join(' ')],
    ['version', detail.version],
    ['service', detail.service],
  ];
  return joinLines([
    plainText(detail.name, VALUE_COLUMNS) || '(no name)',
    ...factLines(facts, paint),
    ...textLines('input', detail.input, paint, isFull),
    ...textLines('output', detail.output, paint, isFull),
    ...metadataLines(detail.metadata, paint, isFull),
  ]);
}

type Fact = readonly [title: string, value: string | null];

/** One line a fact; what nobody knows is left out. */
function factLines(facts: readonly Fact[], paint: Paint): string[] {
  return facts.flatMap(([title, value]) =>
    value === null || value === ''
      ? []
      : [`  ${paint('dim', plainText(title, 40).padEnd(13))} ${plainText(value, VALUE_COLUMNS)}`],
  );
}

function tokensOf(usage: { inputTokens: number; outputTokens: number; totalTokens: number }): string | null {
  if (usage.totalTokens === 0) return null;
  const [total, input, output] = [usage.totalTokens, usage.inputTokens, usage.outputTokens].map(formatTokens);
  return `${total} (${input} in, ${output} out)`;
}

function scoreLines(scores: readonly Score[], paint: Paint): string[] {
  if (scores.length === 0) return [];
  const lines = scores.slice(0, MAX_SCORES).map(({ name, value, text, comment }) => {
    const judgement = plainText(value === null ? (text ?? '-') : String(value), VALUE_COLUMNS);
    const remark = comment === null ? '' : `  ${plainText(comment, VALUE_COLUMNS)}`;
    return `  ${plainText(name, 40)}: ${judgement}${remark}`;
  });
  const left = scores.length - MAX_SCORES;
  return ['', paint('dim', 'scores'), ...lines, ...(left > 0 ? [`  … and ${formatCount(left)} more: --json`] : [])];
}

function textLines(title: string, text: CutText | null, paint: Paint, isFull: boolean): string[] {
  if (text === null) return [];
  const laidOut = layOut(text.text);
  const shown = isFull ? laidOut : laidOut.slice(0, SHOWN_TEXT);
  const left = Math.max(text.fullLength - text.text.length, 0) + laidOut.length - shown.length;
  const more = left > 0 ? [`… and ${formatAmount(left, 'character')} more: add --full`] : [];
  return ['', paint('dim', title), ...plainLines(shown), ...more];
}

function metadataLines(metadata: Readonly<Record<string, string>>, paint: Paint, isFull: boolean): string[] {
  const entries = Object.entries(metadata);
  if (entries.length === 0) return [];
  const lines = entries.map(
    ([key, value]) => `  ${plainText(key, 60)}: ${plainText(value, isFull ? undefined : VALUE_COLUMNS)}`,
  );
  return ['', paint('dim', 'metadata'), ...lines];
}

/** JSON with its structure in view; any other text as it is. */
function layOut(text: string): string {
  if (!/^\s*[[{]/.test(text) || text.length > MAX_LAID_OUT) return text;
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2);
  } catch {
    // It only looked like JSON.
    return text;
  }
}

function joinLines(lines: readonly string[]): string {
  return `${lines.join('\n')}\n`;
}
