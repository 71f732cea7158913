import { ArmNotLoadedError } from '../../errors.js';
import type { Arm, ArmBooks, SpanKind } from '../contract.js';

/** The part of the SDK's public entry that the lab uses. */
interface SlipstreamModule {
  configure(options: { service: string; url: string; captureInput?: boolean; captureOutput?: boolean }): unknown;
  getClient(): {
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

/** Slipstream by its public entry, with its defaults. */
export function createSlipstreamArm(capture: boolean): Arm {
  let slipstream: SlipstreamModule | undefined;
  const loaded = (): SlipstreamModule => {
    if (slipstream === undefined) throw new ArmNotLoadedError('slipstream');
    return slipstream;
  };
  return {
    async load() {
      slipstream = await import('@slipstream/sdk');
    },
    setUp(sinkUrl) {
      const options = { service: 'lab', url: sinkUrl };
      loaded().configure(capture ? options : { ...options, captureInput: false, captureOutput: false });
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
