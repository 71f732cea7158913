import type { Observation } from '../core.js';
import { OpenWork } from '../framework-events/open-work.js';
import type { Labels } from './runs.js';

/** How long runs may end after their root: a branch that goes on when another has failed, a call that was aborted. */
const LATE_END_MS = 30_000;
/** A tree of runs in which nothing happens for this long will not end any more. */
const SILENCE_MS = 3_600_000;

/** Metadata of a run whose end was never reported; `observe` marks what nobody consumed in the same way. */
const ABANDONED = { slipstream_abandoned: true };

/** What all runs of one tree share. Times are milliseconds since the epoch. */
export interface RootRun {
  readonly runId: string;
  lastEventAt: number;
  /** 0 while it runs. */
  endedAt: number;
}

/** A run between its start and its end. */
export interface OpenRun {
  /** Of a run that is not recorded itself: that of the run above it. */
  readonly observation: Observation;
  readonly isHidden: boolean;
  readonly root: RootRun;
  /** Of a run that is not recorded itself: those of the run above it. */
  readonly labels: Labels;
  /** Milliseconds since the epoch; 0 before the first token. */
  firstTokenAt: number;
}

/** The runs that have begun and not ended, of all requests together. */
export class RunTable {
  readonly #runs = new OpenWork<OpenRun>({ isOver, giveUp });
  /** A root's end cannot come any more once LangChain has let go of what it keeps for that. */
  readonly #abandoned = new FinalizationRegistry<RootRun>((root) => {
    this.#runs.giveUpWhere((run) => run.root === root);
  });

  get(runId: string): OpenRun | undefined {
    return this.#runs.get(runId);
  }

  /** @param lifetime - for a root: an object that lives as long as the run can still end. */
  add(runId: string, run: OpenRun, lifetime: object | undefined): void {
    this.#runs.add(runId, run);
    if (lifetime !== undefined) this.#abandoned.register(lifetime, run.root, run.root);
  }

  /** Takes a run out because it ends. Of a root's tree, those that are still open get some time to end. */
  take(runId: string): OpenRun | undefined {
    const run = this.#runs.take(runId);
    if (run === undefined) return undefined;
    run.root.lastEventAt = Date.now();
    if (run.root.runId === runId) {
      run.root.endedAt = run.root.lastEventAt;
      this.#abandoned.unregister(run.root);
    }
    return run;
  }
}

function isOver({ root }: OpenRun, nowMs: number): boolean {
  return root.endedAt === 0 ? nowMs - root.lastEventAt > SILENCE_MS : nowMs - root.endedAt > LATE_END_MS;
}

/** When it was given up says nothing about the run: it ends where something was last heard of its tree. */
function giveUp({ observation, isHidden, root }: OpenRun): void {
  if (!isHidden) observation.end({ metadata: ABANDONED, endTime: root.lastEventAt });
}
