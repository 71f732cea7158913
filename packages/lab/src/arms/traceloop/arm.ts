import { ArmNotLoadedError } from '../../errors.js';
import type { Arm } from '../contract.js';
import { importPeer } from '../peer-module.js';

type WithEntity = <Input, Output>(
  options: { name: string },
  work: (input: Input) => Output,
  input: Input,
) => Promise<Output>;

interface TraceloopOptions {
  readonly appName: string;
  readonly apiKey: string;
  readonly baseUrl: string;
  readonly silenceInitializationMessage: boolean;
  readonly instrumentModules?: { readonly openAI: unknown };
}

interface TraceloopModule {
  initialize(options: TraceloopOptions): unknown;
  forceFlush(): Promise<void>;
  withWorkflow: WithEntity;
  withTask: WithEntity;
  /** OpenTelemetry's, which Traceloop's spans are made by. */
  trace: { getActiveSpan(): unknown };
}

const settingsFor = (sinkUrl: string): TraceloopOptions => ({
  appName: 'lab',
  apiKey: 'lab',
  baseUrl: sinkUrl,
  silenceInitializationMessage: true,
});

/**
 * Traceloop's SDK (OpenLLMetry) by `initialize`, `withWorkflow` for the root and `withTask` below it, with its defaults:
 * a batch, every instrumentation switched on, values captured. It makes a promise of every result.
 */
export function createTraceloopArm(peersUrl: string): Arm {
  const traceloop = openTraceloop(peersUrl);
  return {
    load: traceloop.load,
    setUp(sinkUrl) {
      traceloop.loaded().initialize(settingsFor(sinkUrl));
    },
    wrap<Input, Output>(name: string, work: (input: Input) => Output) {
      const { withWorkflow, withTask, trace } = traceloop.loaded();
      return (input: Input) => {
        const withEntity = trace.getActiveSpan() === undefined ? withWorkflow : withTask;
        return withEntity({ name }, work, input) as Output;
      };
    },
    flush: () => traceloop.loaded().forceFlush(),
    // It offers no shutdown; its timers do not hold the process.
    tearDown: () => Promise.resolve(),
  };
}

/**
 * The same for the OpenAI package, which `initialize` is handed (`instrumentModules`, as the documentation has it where
 * modules are not required): so the set-up waits for it. It wraps no functions.
 */
export function createTraceloopOpenAiArm(peersUrl: string): Arm {
  const traceloop = openTraceloop(peersUrl);
  let settings: TraceloopOptions | undefined;
  return {
    load: traceloop.load,
    setUp(sinkUrl) {
      settings = settingsFor(sinkUrl);
    },
    instrument({ openai }) {
      if (settings === undefined) throw new ArmNotLoadedError('traceloop openai');
      traceloop.loaded().initialize({ ...settings, instrumentModules: { openAI: openai.OpenAI } });
    },
    wrap: (_name, work) => work,
    flush: () => traceloop.loaded().forceFlush(),
    tearDown: () => Promise.resolve(),
  };
}

function openTraceloop(peersUrl: string): { load(): Promise<void>; loaded(): TraceloopModule } {
  let module: TraceloopModule | undefined;
  return {
    async load() {
      module = await importPeer<TraceloopModule>(peersUrl, 'traceloop.mjs');
    },
    loaded() {
      if (module === undefined) throw new ArmNotLoadedError('traceloop');
      return module;
    },
  };
}
