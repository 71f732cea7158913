import { ArmNotLoadedError } from '../../errors.js';
import { type Arm, isThenable } from '../contract.js';
import { importPeer, toAttributeText } from '../peer-module.js';

interface DdSpan {
  setTag(key: string, value: string): void;
}

interface DdTracer {
  init(options: { service: string; url: string; plugins: boolean }): unknown;
  trace<Result>(name: string, work: (span: DdSpan) => Result): Result;
  /** Not public: the version is pinned, and its public API has no flush. */
  _tracer?: { _exporter?: { flush(done: () => void): void } };
}

/**
 * dd-trace with its documented defaults, except that its built-in plugins are off (a documented option), because an
 * extra span for the HTTP request would make it trace more than the others do. It cuts a tag at 25,000 characters.
 */
export function createDdTraceArm(peersUrl: string, capture: boolean): Arm {
  let tracer: DdTracer | undefined;
  const loaded = (): DdTracer => {
    if (tracer === undefined) throw new ArmNotLoadedError('dd-trace');
    return tracer;
  };
  return {
    async load() {
      tracer = (await importPeer<{ tracer: DdTracer }>(peersUrl, 'dd-trace.mjs')).tracer;
    },
    setUp(sinkUrl) {
      loaded().init({ service: 'lab', url: sinkUrl, plugins: false });
    },
    wrap: (name, work) => wrapInSpan(loaded(), name, work, capture),
    flush: () =>
      new Promise<void>((resolve, reject) => {
        const exporter = loaded()._tracer?._exporter;
        if (exporter === undefined) reject(new ArmNotLoadedError('dd-trace'));
        else exporter.flush(resolve);
      }),
    tearDown: () => Promise.resolve(),
  };
}

function wrapInSpan<Input, Output>(
  tracer: DdTracer,
  name: string,
  work: (input: Input) => Output,
  capture: boolean,
): (input: Input) => Output {
  if (!capture) return (input) => tracer.trace(name, () => work(input));
  return (input) =>
    tracer.trace(name, (span) => {
      span.setTag('input.value', toAttributeText(input));
      const output = work(input);
      if (!isThenable(output)) {
        span.setTag('output.value', toAttributeText(output));
        return output;
      }
      return output.then((value) => {
        span.setTag('output.value', toAttributeText(value));
        return value;
      }) as Output;
    });
}
