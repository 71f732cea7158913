import { decideSettings } from '../config.js';
import { processState } from '../context/active-span.js';
import { readTraceContext, type TraceCarrier } from '../context/trace-context.js';
import { type ActiveFunction, type ActiveOptions, readActiveCall, runActive } from '../observe/run-active.js';
import type { ClientSettings, SlipstreamOptions } from '../options.js';
import type { GenerationFields, ObservationFields, ObservationType, TraceFields } from '../record/fields.js';
import { TYPE_EMBEDDING, TYPE_GENERATION } from '../record/fields.js';
import type { ScoreFields, ScoreStart } from '../record/score.js';
import { builtin, warn } from '../runtime.js';
import { type Channel, openChannel } from './channel.js';
import { exitGuard } from './exit.js';
import {
  mergeFields,
  type Observation,
  type ObservationHandle,
  type ObservationStart,
  recordEvent,
  startObservation,
} from './observation-handle.js';
import { ObservationStarter } from './observation-starter.js';
import type { Recorder } from './recorder.js';
import { silentObservation } from './silent-observation.js';
import { type ClientStats, openSpansOf, readStats } from './stats.js';

/** How a trace begins: the fields of its root span, and trace-level values. */
export interface TraceStart extends TraceFields {
  /** Of the trace and of its root span. */
  readonly name: string;
}

/** What became of everything that had ended when `flush` or `shutdown` was called. Counts since the client began. */
export interface FlushResult {
  /** Spans that the backend acknowledged. */
  readonly delivered: number;
  /** Spans that were lost; `stats().dropped` has the reasons. */
  readonly dropped: number;
  /** Still waiting when the time was over. */
  readonly pending: number;
}

const DEFAULT_FLUSH_TIMEOUT_MS = 5_000;
/** The longest that a timer can wait: about 25 days. */
const MAX_FLUSH_TIMEOUT_MS = 2 ** 31 - 1;

/**
 * Traces into one place. The process's client comes from `getClient()`. No method throws, waits or rejects.
 */
export class Client extends ObservationStarter {
  #settings: ClientSettings;
  #channel: Channel | undefined;
  /** Channels of earlier settings, which still deliver. */
  readonly #retired: Channel[] = [];
  readonly #instanceId = (builtin('node:crypto') ?? globalThis.crypto).randomUUID();
  #misplacedUpdates = 0;
  readonly #explained = new Set<string>();
  #isShutDown = false;
  /** Decided once, because `observe` asks at each call. */
  enabled: boolean;
  /** Whether `observe` copies arguments unless a function says otherwise. */
  captureInput: boolean;
  /** Whether `observe` and `startActive` copy results unless a call says otherwise. */
  captureOutput: boolean;

  /** @internal Use `configure`, `getClient` or `createClient`. */
  constructor(settings: ClientSettings) {
    super();
    this.#settings = settings;
    this.enabled = settings.enabled;
    this.captureInput = settings.captureInput;
    this.captureOutput = settings.captureOutput;
  }

  /** @internal Takes new settings in place, so that whoever holds this client goes on with it. */
  applySettings(settings: ClientSettings): void {
    const previous = this.#channel;
    this.#channel = undefined;
    if (previous !== undefined) this.#retire(previous);
    this.#settings = settings;
    this.enabled = settings.enabled;
    this.captureInput = settings.captureInput;
    this.captureOutput = settings.captureOutput;
  }

  /** @internal Opens the ring and starts the worker, if that has not happened. */
  get recorder(): Recorder | undefined {
    return (this.#channel ?? this.#open())?.recorder;
  }

  /** Begins a trace: a root span that does not become active by itself. */
  trace(start: TraceStart): Observation {
    const recorder = this.#usable();
    if (recorder === undefined) return silentObservation;
    const { input, output, ...values } = mergeFields<Partial<TraceStart>>({}, start);
    const name = typeof values.name === 'string' && values.name !== '' ? values.name : 'trace';
    const root = startObservation(recorder, 'span', { name, input, output, version: values.version }, undefined);
    return root.updateTrace({ ...values, name });
  }

  /**
   * Begins an observation of any type below the active observation, or a new trace where none is active; so do the
   * methods that are named by a type. It does not become active by itself.
   */
  override observation(type: ObservationType, start: ObservationStart): Observation {
    const recorder = this.#usable();
    if (recorder === undefined) return silentObservation;
    return startObservation(recorder, type, start, processState.storage.getStore());
  }

  /**
   * Runs `fn` inside a new observation below the active one, and gives back what it gives. The observation ends when
   * the result is complete: a promise settled, a generator or stream consumed. An error is recorded and goes on.
   *
   * @example
   * const rows = await client.startActive('import', { type: 'chain', input }, async (chain) => {
   *   chain.update({ metadata: { rows: 12 } });
   *   return parse(input);
   * });
   */
  startActive<T>(name: string, fn: ActiveFunction<T>): T;
  startActive<T>(name: string, options: ActiveOptions, fn: ActiveFunction<T>): T;
  startActive<T>(name: string, first: ActiveOptions | ActiveFunction<T>, second?: ActiveFunction<T>): T {
    const call = readActiveCall(first, second);
    if (call.fn === undefined) {
      this.#misplaced('startActive', 'it was given no function to run');
      return undefined as T;
    }
    const recorder = this.#usable();
    if (recorder === undefined) return call.fn(silentObservation);
    const start = { ...call.options, name };
    const surrounding = processState.storage.getStore();
    return runActive(
      startObservation(recorder, call.options.type ?? 'span', start, surrounding),
      call,
      this.captureOutput,
    );
  }

  /** Records something without duration below the active observation. */
  event(start: ObservationStart): void {
    const recorder = this.#usable();
    if (recorder !== undefined) recordEvent(recorder, start, processState.storage.getStore());
  }

  /** Sets trace-level values (user, session, tags, metadata) of the active trace, from anywhere in it. */
  updateCurrentTrace(fields: TraceFields): void {
    const active = this.#activeHandle();
    if (active !== undefined) active.updateTrace(fields);
    else this.#misplaced('updateCurrentTrace', 'no observation is active here: is the route wrapped in observe()?');
  }

  /** Updates the active observation, whatever its type. */
  updateCurrentSpan(fields: ObservationFields): void {
    const active = this.#activeHandle();
    if (active !== undefined) active.update(fields);
    else this.#misplaced('updateCurrentSpan', 'no observation is active here: is the function wrapped in observe()?');
  }

  /** Updates the active generation; outside of one it is counted and explained once. */
  updateCurrentGeneration(fields: GenerationFields): void {
    const active = this.#activeHandle();
    const type = active?.typeNumber;
    if (active !== undefined && (type === TYPE_GENERATION || type === TYPE_EMBEDDING)) active.update(fields);
    else
      this.#misplaced(
        'updateCurrentGeneration',
        "the active observation is no generation: observe(fn, { type: 'generation' })",
      );
  }

  /**
   * Judges a trace, an observation in a trace, or a session, by its ids: also of another process, also later.
   * What is no score, is counted as dropped and explained once.
   */
  score(score: ScoreStart): void {
    const problem = this.#usable()?.score(score, score, undefined);
    if (problem !== undefined) this.#explain('score', problem);
  }

  /** Judges the active observation. */
  scoreCurrent(score: ScoreFields): void {
    const active = this.#activeHandle();
    if (active !== undefined) active.score(score);
    else this.#misplaced('scoreCurrent', 'no observation is active here: score({ traceId, … }) judges any');
  }

  /** Judges the trace of the active observation. */
  scoreCurrentTrace(score: ScoreFields): void {
    const active = this.#activeHandle();
    if (active !== undefined) active.scoreTrace(score);
    else this.#misplaced('scoreCurrentTrace', 'no observation is active here: score({ traceId, … }) judges any');
  }

  /** The active observation, if any. */
  get current(): Observation | undefined {
    return this.#activeHandle();
  }

  /** W3C headers (`traceparent`, `tracestate`) for a request to another service; empty without an active observation. */
  traceHeaders(): Record<string, string> {
    const active = this.#activeHandle();
    if (active === undefined) return {};
    const { traceState } = active.trace;
    return traceState === undefined
      ? { traceparent: active.traceparent }
      : { traceparent: active.traceparent, tracestate: traceState };
  }

  /** Runs `fn` so that its observations continue the trace that the request's headers name; without valid ones it just runs. */
  continueTrace<T>(headers: TraceCarrier, fn: () => T): T {
    const recorder = this.#usable();
    const parent = recorder === undefined ? undefined : readTraceContext(headers, recorder.isSampled);
    if (typeof fn !== 'function') return undefined as T;
    return parent === undefined ? fn() : processState.storage.run(parent, fn);
  }

  /** The books. */
  stats(): ClientStats {
    const rings = this.#channels().map(({ memory }) => memory.counts);
    return readStats(rings, this.#misplacedUpdates);
  }

  /**
   * Delivers what has ended. Resolves, never rejects, when that is done or the time is over.
   * Not needed at the end of a process, and never in a request: delivery goes on by itself.
   */
  async flush(options: { readonly timeoutMs?: number } = {}): Promise<FlushResult> {
    const timeoutMs = readTimeoutMs(options);
    await Promise.all(this.#channels().map(({ host }) => host.flush(timeoutMs)));
    const stats = this.stats();
    const dropped = Object.values(stats.dropped).reduce((sum, count) => sum + count, 0);
    return { delivered: stats.delivered, dropped, pending: stats.pending };
  }

  /** As `flush`, and ends the worker; spans that end later are counted as dropped. Safe to call twice. */
  async shutdown(options: { readonly timeoutMs?: number } = {}): Promise<FlushResult> {
    this.#isShutDown = true;
    for (const { recorder } of this.#channels()) recorder.close();
    const result = await this.flush(options);
    for (const channel of this.#channels()) close(channel);
    return result;
  }

  #usable(): Recorder | undefined {
    return this.enabled ? this.recorder : undefined;
  }

  #open(): Channel | undefined {
    if (!this.#settings.enabled || this.#isShutDown) return undefined;
    try {
      this.#channel = openChannel(this.#settings, this.#instanceId);
      exitGuard.add(this.#channel, this.#settings.handleSignals);
    } catch (error) {
      // No memory, no ioredis: the application goes on untraced, and is told once.
      this.enabled = false;
      const reason = error instanceof Error ? error.message : String(error);
      warn(`Slipstream cannot start, so nothing is traced: ${reason}`, 'SLIPSTREAM_NOT_STARTED');
    }
    return this.#channel;
  }

  #retire(channel: Channel): void {
    this.#retired.push(channel);
    // Spans that are open go where they began, so their channel stays as long as there are any.
    if (openSpansOf(channel.memory.counts) === 0) close(channel);
  }

  /** All that still deliver, those of earlier settings too. */
  #channels(): Channel[] {
    return this.#channel === undefined ? this.#retired : [...this.#retired, this.#channel];
  }

  #activeHandle(): ObservationHandle | undefined {
    return processState.storage.getStore()?.local;
  }

  #misplaced(call: string, why: string): void {
    if (!this.enabled) return;
    this.#misplacedUpdates += 1;
    this.#explain(call, why);
  }

  #explain(call: string, why: string): void {
    if (this.#explained.has(call)) return;
    this.#explained.add(call);
    warn(
      `Slipstream: ${call}() did nothing: ${why}. Further cases are counted in stats().`,
      'SLIPSTREAM_MISPLACED_UPDATE',
    );
  }
}

/** What ends later is counted as dropped; what ended before is delivered. */
function close({ recorder, host }: Channel): void {
  recorder.close();
  host.close();
}

/** Total: a wait that is no number of milliseconds is the default one. */
function readTimeoutMs(options: { readonly timeoutMs?: number } | undefined): number {
  try {
    const timeoutMs: unknown = options?.timeoutMs;
    if (typeof timeoutMs === 'number' && timeoutMs >= 0) return Math.min(timeoutMs, MAX_FLUSH_TIMEOUT_MS);
  } catch {
    // A getter of the caller's.
  }
  return DEFAULT_FLUSH_TIMEOUT_MS;
}

/** @internal */
export function createFromOptions(options: SlipstreamOptions): Client {
  return new Client(decideSettings(options));
}
