import {
  type Client,
  describeError,
  getClient,
  type Observation,
  type ObservationEnd,
  ObservationHandle,
  type ObservationStart,
  processState,
  type TraceFields,
} from '../core.js';
import { attempt, fieldsOf, firstText, textsOf } from '../framework-events/records.js';
import { followLangChainContext } from './nesting.js';
import { type OpenRun, RunTable } from './run-table.js';
import { isHidden, type Labels, labelsOf, newLabels, type RunStart } from './runs.js';

/** Trace-level values that a handler sets on each trace, and the client it records with. */
export interface RecorderOptions {
  readonly client?: Client | undefined;
  readonly userId?: string | undefined;
  readonly sessionId?: string | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
}

/** What of an observation's fields is known when its run begins. */
export type RunFields = Pick<ObservationStart, 'input' | 'model' | 'modelParameters'>;

/** Makes observations of runs. Holds what belongs to single requests in its table of open runs, and nowhere else. */
export class RunRecorder {
  readonly #options: RecorderOptions;
  readonly #runs = new RunTable();

  constructor(options: RecorderOptions) {
    this.#options = options;
  }

  get client(): Client {
    return this.#options.client ?? getClient();
  }

  begin(start: RunStart, fields: RunFields): void {
    const { client } = this;
    if (!client.enabled) return;
    const above = start.parentRunId === undefined ? undefined : this.#runs.get(start.parentRunId);
    if (above === undefined) this.#beginRoot(client, start, fields);
    else this.#beginBelow(client, start, fields, above);
  }

  /** The first token only: there may be thousands. */
  token(runId: string): void {
    const run = this.#runs.get(runId);
    if (run === undefined || run.firstTokenAt !== 0) return;
    run.firstTokenAt = Date.now();
    run.root.lastEventAt = run.firstTokenAt;
  }

  /** @param read - gives the fields; not called for runs that nobody records. */
  end(runId: string, read: () => ObservationEnd): void {
    const run = this.#runs.take(runId);
    if (run === undefined || run.isHidden) return;
    const { firstTokenAt } = run;
    const completionStartTime = firstTokenAt === 0 ? undefined : new Date(firstTokenAt);
    // What an answer does when it is read must not cost the observation its end.
    run.observation.end({ ...attempt(read), completionStartTime });
  }

  /** @param read - gives fields beside the error's. */
  fail(runId: string, error: unknown, read: () => ObservationEnd): void {
    this.end(runId, () => ({ ...attempt(read), ...failureOf(error) }));
  }

  /** Something that happened inside a run, without a duration. */
  event(runId: string, start: ObservationStart): void {
    this.#runs.get(runId)?.observation.event(start);
  }

  observationOf(runId: string): Observation | undefined {
    return this.#runs.get(runId)?.observation;
  }

  #beginRoot(client: Client, start: RunStart, fields: RunFields): void {
    // LangChain's storage may have been made since the handler was.
    followLangChainContext();
    const isNewTrace = processState.storage.getStore() === undefined;
    const labels = labelsOf(start);
    const metadata = newLabels(labels, undefined);
    const observation = client.observation(start.type, { name: start.name, ...fields, metadata });
    const values = traceValues(this.#options, labels, isNewTrace);
    if (values !== undefined) observation.updateTrace(values);
    const root = { runId: start.runId, lastEventAt: Date.now(), endedAt: 0 };
    const lifetime = Array.isArray(start.tags) ? start.tags : undefined;
    this.#runs.add(start.runId, { observation, isHidden: false, root, labels, firstTokenAt: 0 }, lifetime);
  }

  #beginBelow(client: Client, start: RunStart, fields: RunFields, above: OpenRun): void {
    above.root.lastEventAt = Date.now();
    if (isHidden(start)) {
      this.#runs.add(start.runId, { ...above, isHidden: true }, undefined);
      return;
    }
    const labels = labelsOf(start);
    const metadata = newLabels(labels, above.labels);
    const parent = innermost(above.observation);
    const observation = client.observation(start.type, { name: start.name, ...fields, metadata, parent });
    this.#runs.add(start.runId, { observation, isHidden: false, root: above.root, labels, firstTokenAt: 0 }, undefined);
  }
}

/** Below the run, or below work of the application that runs directly inside it and made this call. */
function innermost(above: Observation): Observation {
  const active = processState.storage.getStore()?.local;
  if (active === undefined || !(above instanceof ObservationHandle)) return above;
  const isInside = active.parentHigh === above.high && active.parentLow === above.low;
  return isInside ? active : above;
}

/** The handler's values, and those of the run's configuration, which win. Langfuse's names for them work too. */
function traceValues(options: RecorderOptions, labels: Labels, isNewTrace: boolean): TraceFields | undefined {
  const run = labels.metadata;
  const tags = [...textsOf(options.tags), ...textsOf(run.langfuseTags), ...labels.tags];
  // A thread is LangGraph's session; inside a trace of the application, its own session counts.
  const thread = isNewTrace ? run.thread_id : undefined;
  const values: TraceFields = {
    userId: firstText(run.userId, run.langfuseUserId, options.userId),
    sessionId: firstText(run.sessionId, run.langfuseSessionId, options.sessionId, thread),
    tags: tags.length > 0 ? [...new Set(tags)] : undefined,
    metadata: options.metadata,
  };
  return Object.values(values).some((value) => value !== undefined) ? values : undefined;
}

function failureOf(error: unknown): ObservationEnd {
  const fields = fieldsOf(error);
  // LangGraph throws to stop at a question to a person, or to hand over to the graph above; that is no failure.
  if (fields.is_bubble_up === true) return { output: fields.interrupts, statusMessage: String(fields.name) };
  const isAbort = /Abort|Cancel/.test(String(fields.name)) || fields.message === 'Abort';
  return { level: isAbort ? 'WARNING' : 'ERROR', statusMessage: describeError(error) };
}
