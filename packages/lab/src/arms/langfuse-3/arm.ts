import { AsyncLocalStorage } from 'node:async_hooks';
import { ArmNotLoadedError } from '../../errors.js';
import { type Arm, isThenable } from '../contract.js';
import { importPeer } from '../peer-module.js';

/** A trace or a span: both make spans below themselves. */
interface LangfuseParent {
  span(start: { name: string; input: unknown }): LangfuseParent;
  /** Spans only. */
  end?(end: { output: unknown }): unknown;
  /** Traces are ended by an update. */
  update(fields: { output: unknown }): unknown;
}

interface Langfuse3Client {
  trace(start: { name: string; input: unknown }): LangfuseParent;
  shutdownAsync(): Promise<void>;
}

interface Langfuse3Module {
  Langfuse: new (options: { publicKey: string; secretKey: string; baseUrl: string }) => Langfuse3Client;
}

/**
 * `langfuse` 3, which is still installed more often than its successor. It has no context of its own, so the parent is
 * handed down by an `AsyncLocalStorage`, as its users do it; the root is the trace, which saves it a span.
 */
export function createLangfuse3Arm(peersUrl: string): Arm {
  const active = new AsyncLocalStorage<LangfuseParent>();
  let langfuse: Langfuse3Module | undefined;
  let client: Langfuse3Client | undefined;
  const started = (): Langfuse3Client => {
    if (client === undefined) throw new ArmNotLoadedError('langfuse 3');
    return client;
  };
  return {
    async load() {
      langfuse = await importPeer<Langfuse3Module>(peersUrl, 'langfuse-3.mjs');
    },
    setUp(sinkUrl) {
      if (langfuse === undefined) throw new ArmNotLoadedError('langfuse 3');
      client = new langfuse.Langfuse({ publicKey: 'pk-lf-lab', secretKey: 'sk-lf-lab', baseUrl: sinkUrl });
    },
    wrap: (name, work) => wrapInSpan(started(), active, name, work),
    // `flushAsync` sends one batch and leaves those under way alone; this waits for all, and the client goes on after it.
    flush: () => started().shutdownAsync(),
    tearDown: () => Promise.resolve(),
  };
}

function wrapInSpan<Input, Output>(
  client: Langfuse3Client,
  active: AsyncLocalStorage<LangfuseParent>,
  name: string,
  work: (input: Input) => Output,
): (input: Input) => Output {
  const finish = (span: LangfuseParent, output: unknown): void => {
    if (span.end === undefined) span.update({ output });
    else span.end({ output });
  };
  return (input) => {
    const parent = active.getStore();
    const span = parent === undefined ? client.trace({ name, input }) : parent.span({ name, input });
    const output = active.run(span, work, input);
    if (!isThenable(output)) {
      finish(span, output);
      return output;
    }
    return output.then((value) => {
      finish(span, value);
      return value;
    }) as Output;
  };
}
