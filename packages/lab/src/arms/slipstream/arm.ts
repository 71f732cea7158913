import { ArmNotLoadedError } from '../../errors.js';
import type { Arm, ArmBooks, SpanKind } from '../contract.js';

/** What an arm of Slipstream sets beside the service and the address; nothing is its default. */
export interface SlipstreamSettings {
  readonly captureInput?: boolean;
  readonly captureOutput?: boolean;
  readonly transport?: 'inline';
  readonly mask?: { readonly rules: readonly ('emails' | 'phones')[] };
  readonly sampleRate?: number;
}

/** What is begun by hand. */
export interface SlipstreamObservation {
  span(start: { name: string; input: unknown }): SlipstreamObservation;
  generation(start: { name: string; input: unknown }): SlipstreamObservation;
  end(end: { output: unknown } | { level: 'ERROR'; statusMessage: string }): void;
}

/** The part of the SDK's public entry that the lab uses. */
export interface SlipstreamModule {
  configure(options: { service: string; url: string } & SlipstreamSettings): unknown;
  getClient(): {
    trace(start: { name: string; input: unknown }): SlipstreamObservation;
    flush(options: { timeoutMs: number }): Promise<{ delivered: number; dropped: number; pending: number }>;
    shutdown(options: { timeoutMs: number }): Promise<unknown>;
    stats(): ArmBooks;
  };
  observe<Input, Output>(
    work: (input: Input) => Output,
    options: { name: string; type: SpanKind },
  ): (input: Input) => Output;
}

const FLUSH_TIMEOUT_MS = 30_000;
const SHUTDOWN_TIMEOUT_MS = 5_000;

/** Slipstream by its public entry, with its defaults beside these settings. */
export function createSlipstreamArm(settings: SlipstreamSettings = {}): Arm {
  return createArmOn(() => import('@slipstream/sdk'), settings);
}

/** The same on an SDK that is imported otherwise. */
export function createArmOn(importSdk: () => Promise<SlipstreamModule>, settings: SlipstreamSettings = {}): Arm {
  let slipstream: SlipstreamModule | undefined;
  const loaded = (): SlipstreamModule => {
    if (slipstream === undefined) throw new ArmNotLoadedError('slipstream');
    return slipstream;
  };
  return {
    async load() {
      slipstream = await importSdk();
    },
    setUp(sinkUrl) {
      loaded().configure({ service: 'lab', url: sinkUrl, ...settings });
    },
    wrap: (name, work, kind) => loaded().observe(work, { name, type: kind }),
    async flush(limitMs = FLUSH_TIMEOUT_MS) {
      await loaded().getClient().flush({ timeoutMs: limitMs });
    },
    books() {
      const { started, open, sampledOut, pending, delivered, dropped } = loaded().getClient().stats();
      return { started, open, sampledOut, pending, delivered, dropped };
    },
    async tearDown() {
      await loaded().getClient().shutdown({ timeoutMs: SHUTDOWN_TIMEOUT_MS });
    },
  };
}

/** A share of the traces, decided by their ids. */
export function createSlipstreamSampledArm(sampleRate: number): Arm {
  const arm = createSlipstreamArm({ sampleRate });
  return {
    ...arm,
    keptSpans() {
      const books = arm.books?.();
      return books === undefined ? 0 : books.started - books.sampledOut;
    },
  };
}
