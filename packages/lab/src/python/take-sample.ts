import type { SinkProcess } from '../runner/sink-process.js';
import type { SinkCounts } from '../sink/counts.js';
import type { PlannedSample } from './cases.js';
import type { PythonSample } from './model.js';
import { type ProgramPlace, startProgram } from './program.js';
import { type ProgramSample, parseSamples } from './program-output.js';

/** The longest program flushes 24 MB through a queue that langfuse 2 empties slowly; on a busy machine a minute. */
const SAMPLE_LIMIT_MS = 180_000;
const END_LIMIT_MS = 10_000;

/** What a sample needs from the run. */
export interface PythonSampleSurroundings {
  readonly place: ProgramPlace;
  readonly sink: SinkProcess;
  readonly seed: number;
  readonly calls: number;
}

/** Takes the samples of one process. Never rejects for what the process does: that becomes a failed sample. */
export async function takePythonSample(
  planned: PlannedSample,
  surroundings: PythonSampleSurroundings,
): Promise<readonly PythonSample[]> {
  const { sink } = surroundings;
  try {
    await sink.reset();
    const samples = await runProgram(planned, surroundings);
    const sent = samples.reduce((sum, { spansSent }) => sum + spansSent, 0);
    const counts = await sink.settle(sent);
    return samples.map((sample) => toPythonSample(planned, sample, sent, counts));
  } catch (error) {
    return [failedSample(planned, error)];
  }
}

async function runProgram(
  { definition, subject, variant }: PlannedSample,
  { place, sink, seed, calls }: PythonSampleSurroundings,
): Promise<readonly ProgramSample[]> {
  const task = { case: definition.id, subject, variant, sinkUrl: sink.url, seed, calls };
  const program = startProgram(place, definition.program, task);
  try {
    return parseSamples(await program.nextLine(SAMPLE_LIMIT_MS));
  } finally {
    await program.waitForEnd(END_LIMIT_MS);
  }
}

/** A sample without figures, which says why. */
export function failedSample({ definition, subject, variant, round }: PlannedSample, error: unknown): PythonSample {
  return {
    case: definition.id,
    subject,
    variant,
    round,
    status: 'failed',
    note: error instanceof Error ? error.message : String(error),
    spansSent: 0,
    spansDelivered: 0,
    metrics: {},
  };
}

/**
 * The sink counts for a process: where it made several samples and lost spans, each of them did, as none can be told
 * to have lost none.
 */
export function toPythonSample(
  { definition, subject, round }: PlannedSample,
  sample: ProgramSample,
  sent: number,
  counts: SinkCounts,
): PythonSample {
  const isWhole = counts.distinctSpans >= sent && counts.malformed === 0;
  const loss = `the process delivered ${counts.distinctSpans} of ${sent} spans`;
  const notes = [...(sample.note === undefined ? [] : [sample.note]), ...(isWhole ? [] : [loss])];
  return {
    case: definition.id,
    subject,
    variant: sample.variant,
    round,
    status: isWhole ? 'ok' : 'lost',
    ...(notes.length === 0 ? {} : { note: notes.join('; ') }),
    spansSent: sample.spansSent,
    spansDelivered: isWhole
      ? sample.spansSent
      : Math.floor((sample.spansSent * counts.distinctSpans) / Math.max(1, sent)),
    metrics: { ...sample.metrics, ...arrivalMetrics(subject, counts) },
  };
}

function arrivalMetrics(subject: string, counts: SinkCounts): Readonly<Record<string, number>> {
  if (subject === 'untraced') return {};
  const arrived = { arrivedSpans: counts.distinctSpans };
  // A collector in the sink's place counts spans and no bytes.
  return counts.distinctSpans === 0 || counts.bodyBytes === 0
    ? arrived
    : { ...arrived, bodyBytesPerSpan: counts.bodyBytes / counts.distinctSpans };
}
