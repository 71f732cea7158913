import { ArmNotLoadedError } from '../../errors.js';
import type { Arm } from '../contract.js';
import { type HandMadeSpans, wrapByHand } from '../hand-made-spans.js';
import { importPeer } from '../peer-module.js';

interface LangfuseEnd {
  readonly output: unknown;
  readonly level?: 'ERROR';
  readonly statusMessage?: string;
}

/** A trace or a span: both make spans below themselves. */
interface LangfuseParent {
  span(start: { name: string; input: unknown }): LangfuseParent;
  /** Spans only. */
  end?(end: LangfuseEnd): unknown;
  /** Traces are ended by an update. */
  update(fields: LangfuseEnd): unknown;
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
 * handed down by an `AsyncLocalStorage` of the lab; the root is the trace, which saves it a span.
 */
export function createLangfuse3Arm(peersUrl: string): Arm {
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
    wrap: wrapByHand(() => spansOf(started())),
    // `flushAsync` sends one batch and leaves those under way alone; this waits for all, and the client goes on after it.
    flush: () => started().shutdownAsync(),
    tearDown: () => Promise.resolve(),
  };
}

function spansOf(client: Langfuse3Client): HandMadeSpans<LangfuseParent> {
  const finish = (span: LangfuseParent, fields: LangfuseEnd): void => {
    if (span.end === undefined) span.update(fields);
    else span.end(fields);
  };
  return {
    begin: (parent, name, input) =>
      parent === undefined ? client.trace({ name, input }) : parent.span({ name, input }),
    end: (span, output) => finish(span, { output }),
    fail: (span, error) => finish(span, { output: undefined, level: 'ERROR', statusMessage: String(error) }),
  };
}
