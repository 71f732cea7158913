import { ArmNotLoadedError } from '../../errors.js';
import { type Arm, isThenable } from '../contract.js';
import { importPeer, toAttributeText } from '../peer-module.js';

interface SentrySpan {
  setAttribute(key: string, value: string): void;
}

interface SentryModule {
  init(options: { dsn: string; tracesSampleRate: number; integrations: unknown[] }): unknown;
  httpIntegration(options: { spans: boolean }): unknown;
  startSpan<Result>(
    options: { name: string; attributes: Record<string, string> },
    work: (span: SentrySpan) => Result,
  ): Result;
  flush(timeoutMs: number): Promise<boolean>;
  close(timeoutMs: number): Promise<boolean>;
}

const FLUSH_TIMEOUT_MS = 30_000;
const CLOSE_TIMEOUT_MS = 2_000;

/**
 * Sentry for Node with every trace sampled, and otherwise its defaults, except that it makes no span of its own for the
 * HTTP request (a documented option), because the others do not either.
 */
export function createSentryArm(peersUrl: string): Arm {
  let sentry: SentryModule | undefined;
  const loaded = (): SentryModule => {
    if (sentry === undefined) throw new ArmNotLoadedError('sentry');
    return sentry;
  };
  return {
    async load() {
      sentry = await importPeer<SentryModule>(peersUrl, 'sentry.mjs');
    },
    setUp(sinkUrl) {
      const { init, httpIntegration } = loaded();
      const { host } = new URL(sinkUrl);
      init({
        dsn: `http://lab@${host}/1`,
        tracesSampleRate: 1,
        integrations: [httpIntegration({ spans: false })],
      });
    },
    wrap: (name, work) => wrapInSpan(loaded(), name, work),
    flush: async (limitMs = FLUSH_TIMEOUT_MS) => void (await loaded().flush(limitMs)),
    tearDown: async () => void (await loaded().close(CLOSE_TIMEOUT_MS)),
  };
}

function wrapInSpan<Input, Output>(
  { startSpan }: SentryModule,
  name: string,
  work: (input: Input) => Output,
): (input: Input) => Output {
  return (input) =>
    startSpan({ name, attributes: { 'input.value': toAttributeText(input) } }, (span) => {
      const output = work(input);
      if (!isThenable(output)) {
        span.setAttribute('output.value', toAttributeText(output));
        return output;
      }
      return output.then((value) => {
        span.setAttribute('output.value', toAttributeText(value));
        return value;
      }) as Output;
    });
}
