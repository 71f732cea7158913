import { randomUUID } from 'node:crypto';
import { decideSettings } from '../config.js';
import { processState } from '../context/active-span.js';
import { readTraceContext, type TraceCarrier } from '../context/trace-context.js';
import type { ClientSettings, SlipstreamOptions } from '../options.js';
import type { GenerationFields, ObservationFields, ObservationType, TraceFields } from '../record/fields.js';
import { TYPE_EMBEDDING, TYPE_GENERATION } from '../record/fields.js';
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
import type { Recorder } from './recorder.js';
import { silentObservation } from './silent-observation.js';
import { type ClientStats, readStats } from './stats.js';

/** How a trace begins: the fields of its root span, and trace-level values. */
export interface TraceStart extends TraceFields {
  readonly name: string;
}

/** What became of everything that had ended when `flush` or `shutdown` was called. Counts since the client began. */
export interface FlushResult {
  readonly delivered: number;
  readonly dropped: number;
  /** Still waiting when the time was over. */
  readonly pending: number;
}

const DEFAULT_FLUSH_TIMEOUT_MS = 5_000;

/**
 * Traces into one place. The process's client comes from `getClient()`. No method throws, waits or rejects.
 */
export class Client {
  #settings: ClientSettings;
  #channel: Channel | undefined;
  /** Channels of earlier settings, which still deliver. */
  readonly #retired: Channel[] = [];
  readonly #instanceId = randomUUID();
  #misplacedUpdates = 0;
  readonly #explained = new Set<string>();
  #isShutDown = false;
  /** Decided once, because `observe` asks at each call. */
  enabled: boolean;
  captureInput: boolean;
  captureOutput: boolean;

  /** @internal Use `configure`, `getClient` or `createClient`. */
  constructor(settings: ClientSettings) {
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

  /** Begins a span below the active observation, or a new trace where none is active. */
  span(start: ObservationStart): Observation {
    return this.observation('span', start);
  }

  /** Begins a generation (one call of a model) below the active observation. */
  generation(start: ObservationStart): Observation {
    return this.observation('generation', start);
  }

  /** Begins an observation of any type below the active observation. */
  observation(type: ObservationType, start: ObservationStart): Observation {
    const recorder = this.#usable();
    if (recorder === undefined) return silentObservation;
    return startObservation(recorder, type, start, processState.storage.getStore());
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
    const timeoutMs = options?.timeoutMs ?? DEFAULT_FLUSH_TIMEOUT_MS;
    await Promise.all(this.#channels().map(({ host }) => host.flush(timeoutMs)));
    const stats = this.stats();
    const dropped = Object.values(stats.dropped).reduce((sum, count) => sum + count, 0);
    return { delivered: stats.delivered, dropped, pending: stats.pending };
  }

  /** As `flush`, and ends the worker; spans that end later are counted as dropped. Safe to call twice. */
  async shutdown(options: { readonly timeoutMs?: number } = {}): Promise<FlushResult> {
    this.#isShutDown = true;
    this.#channel?.recorder.close();
    const result = await this.flush(options);
    if (this.#channel !== undefined) this.#channel.host.close();
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
      // No worker (a permission model, no memory): the application goes on untraced, and is told once.
      this.enabled = false;
      const reason = error instanceof Error ? error.message : String(error);
      process.emitWarning(`Slipstream cannot start its worker, so nothing is traced: ${reason}`, {
        code: 'SLIPSTREAM_NO_WORKER',
      });
    }
    return this.#channel;
  }

  #retire(channel: Channel): void {
    this.#retired.push(channel);
    channel.host.close();
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
    if (this.#explained.has(call)) return;
    this.#explained.add(call);
    process.emitWarning(`Slipstream: ${call}() did nothing: ${why}. Further cases are counted in stats().`, {
      code: 'SLIPSTREAM_MISPLACED_UPDATE',
    });
  }
}

/** @internal */
export function createFromOptions(options: SlipstreamOptions): Client {
  return new Client(decideSettings(options));
}
