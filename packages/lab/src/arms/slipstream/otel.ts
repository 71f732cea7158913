import { ArmNotLoadedError } from '../../errors.js';
import type { Arm } from '../contract.js';
import { type OtelTracer, wrapInSpan } from '../opentelemetry-spans.js';
import { importPeer } from '../peer-module.js';
import { createSlipstreamArm } from './arm.js';

interface OtelApi {
  trace: { getTracer(name: string): OtelTracer };
}

/** OpenTelemetry's API with Slipstream registered as its provider, in place of OpenTelemetry's SDK. */
export function createSlipstreamOtelArm(peersUrl: string): Arm {
  const arm = createSlipstreamArm();
  let register: (() => unknown) | undefined;
  let api: OtelApi | undefined;
  return {
    ...arm,
    async load() {
      await arm.load();
      register = (await import('@slipstream/sdk/otel')).register;
      // The application's own copy of the API: what is registered with one holds for all.
      api = await importPeer<OtelApi>(peersUrl, 'opentelemetry-api.mjs');
    },
    setUp(sinkUrl) {
      arm.setUp(sinkUrl);
      register?.();
    },
    wrap(name, work) {
      if (api === undefined) throw new ArmNotLoadedError('slipstream otel');
      return wrapInSpan(api.trace.getTracer('lab'), name, work, true);
    },
  };
}
