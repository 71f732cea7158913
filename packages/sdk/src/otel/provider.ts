import type { Client } from '../core.js';
import type { OtelSampler } from './api-types.js';
import { flushClient } from './flush.js';
import type { SpanLimits } from './span-limits.js';
import { SlipstreamTracer, type TracerSettings } from './tracer.js';

/** A tracer for each scope is kept; an application that makes up names gets further ones that are not. */
const MAX_TRACERS = 1_000;

/** What a provider's tracers have in common. */
export interface TracerProviderOptions {
  /** Where spans go. @default the process's own client */
  readonly client?: Client | undefined;
  /**
   * Decides which spans are recorded, instead of the client's `sampleRate`; any sampler of OpenTelemetry.
   * @default by trace id and the client's `sampleRate`, which all services with one rate agree on
   */
  readonly sampler?: OtelSampler | undefined;
  /** How much of a span is kept. */
  readonly spanLimits?: SpanLimits | undefined;
}

/** On each provider of ours, in whichever copy of this package it was made. */
const BRAND = Symbol.for('slipstream.otel.provider.v1');

export function isSlipstreamProvider(provider: unknown): provider is SlipstreamTracerProvider {
  return (provider as { [BRAND]?: true } | undefined)?.[BRAND] === true;
}

/** OpenTelemetry's `TracerProvider`; its spans go into a Slipstream client. Nothing of it throws or rejects. */
export class SlipstreamTracerProvider {
  /** @internal */
  readonly [BRAND] = true;
  readonly #client: Client | undefined;
  readonly #settings: TracerSettings;
  readonly #tracers = new Map<string, SlipstreamTracer>();
  #isShutDown = false;

  constructor(options: TracerProviderOptions = {}) {
    const { client, sampler, spanLimits } = readOptions(options);
    this.#client = client;
    this.#settings = { sampler, spanLimits, isClosed: () => this.#isShutDown };
  }

  /** The tracer of an instrumentation scope; the same one for the same name and version. */
  getTracer(name: string, version?: string, _options?: { schemaUrl?: string }): SlipstreamTracer {
    const key = `${typeof name === 'string' ? name : ''}\0${typeof version === 'string' ? version : ''}`;
    const known = this.#tracers.get(key);
    if (known !== undefined) return known;
    const tracer = new SlipstreamTracer(name, version, this.#client, this.#settings);
    if (this.#tracers.size < MAX_TRACERS) this.#tracers.set(key, tracer);
    return tracer;
  }

  /** Resolves when what has ended is delivered, or the client's time for a flush is over. */
  async forceFlush(): Promise<void> {
    await flushClient(this.#client);
  }

  /** As {@link forceFlush}; spans that begin afterwards are not recorded. The client goes on. */
  async shutdown(): Promise<void> {
    this.#isShutDown = true;
    await this.forceFlush();
  }
}

function readOptions(options: TracerProviderOptions): TracerProviderOptions {
  try {
    const { client, sampler, spanLimits } = options;
    return { client, sampler, spanLimits };
  } catch {
    // Nothing that has such options, or their getters throw.
    return {};
  }
}
