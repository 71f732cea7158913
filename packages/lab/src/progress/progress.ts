import type { SampleRecord } from '../report/sample-record.js';
import { timeText } from './time-text.js';

/** Where a run stands. */
export interface ProgressState {
  /** From 1. */
  readonly round: number;
  readonly rounds: number;
  /** Samples that were taken, and all that will probably be. */
  readonly done: number;
  readonly all: number;
  readonly leftMs: number;
}

/** Where progress is shown. */
export interface ProgressOutput {
  /** A line that stays. */
  readonly say: (line: string) => void;
  /** A line that the next one replaces, and an empty one removes; absent where there is no terminal. */
  readonly draw?: ((line: string) => void) | undefined;
}

/** Shows how far a run is. */
export interface Progress {
  /** A sample begins. */
  begin(name: string, state: ProgressState): void;
  /** A sample was taken. */
  end(sample: SampleRecord, state: ProgressState): void;
  /** Removes what is drawn. */
  clear(): void;
}

const BAR_CHARS = 24;

/** At a terminal one line that is redrawn, and one that stays for each sample that went wrong; elsewhere a line a sample. */
export function createProgress({ say, draw }: ProgressOutput): Progress {
  if (draw === undefined) {
    return {
      begin: () => undefined,
      end: (sample, state) => say(`${placeText(state)}: ${sampleText(sample)}; ${leftText(state)}`),
      clear: () => undefined,
    };
  }
  return {
    begin: (name, state) => draw(`${barText(state)} ${placeText(state)}, ${leftText(state)}: ${name}`),
    end(sample, state) {
      if (sample.status === 'ok') return;
      draw('');
      say(`${placeText(state)}: ${sampleText(sample)}`);
    },
    clear: () => draw(''),
  };
}

function barText({ done, all }: ProgressState): string {
  const filled = Math.round((Math.min(done, all) / Math.max(1, all)) * BAR_CHARS);
  return `[${'#'.repeat(filled)}${'.'.repeat(BAR_CHARS - filled)}]`;
}

function placeText({ round, rounds, done, all }: ProgressState): string {
  return `round ${round}/${rounds}, ${done}/${all}`;
}

function leftText({ leftMs }: ProgressState): string {
  return `about ${timeText(leftMs)} left`;
}

function sampleText(sample: SampleRecord): string {
  return `${sample.scenario} ${sample.arm} (${(sample.durationMs / 1_000).toFixed(1)} s) ${outcomeText(sample)}`;
}

function outcomeText({ status, spansSent, spansDelivered, note }: SampleRecord): string {
  if (status === 'ok') return 'ok';
  return status === 'lost' ? `lost ${spansSent - spansDelivered} of ${spansSent} spans` : `FAILED: ${note ?? ''}`;
}
