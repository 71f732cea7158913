import type { Handler } from './handler-module.js';
import type { HandlerTask } from './protocol.js';

/** What traces the calls of a handler. */
export interface HandlerTracer {
  /** Puts a trace round each call, or leaves the handler as it is. */
  wrap(handler: Handler): Handler;
  flush(): Promise<void>;
  /** Spans made so far that have to arrive; undefined where nobody counts them. */
  spans(): number | undefined;
  shutdown(): Promise<void>;
}

const FLUSH_TIMEOUT_MS = 30_000;
const SHUTDOWN_TIMEOUT_MS = 5_000;

const NO_TRACER: HandlerTracer = {
  wrap: (handler) => handler,
  flush: () => Promise.resolve(),
  spans: () => 0,
  shutdown: () => Promise.resolve(),
};

/** Sets tracing up; MUST come before the handler's module is loaded, as an application does it. */
export async function openTracer({ arm, withUrl, sinkUrl, ownTracing }: HandlerTask): Promise<HandlerTracer> {
  if (arm !== 'traced') return NO_TRACER;
  return withUrl === undefined ? openSlipstream(sinkUrl, ownTracing) : openOther(withUrl);
}

/** A handler that traces itself has its own `configure`; it reads the address from the environment. */
async function openSlipstream(sinkUrl: string, ownTracing: boolean): Promise<HandlerTracer> {
  const { configure, getClient, observe } = await import('@slipstream/sdk');
  if (!ownTracing) configure({ service: 'lab', url: sinkUrl });
  return {
    wrap: (handler) => (ownTracing ? handler : observe(handler, { name: 'handler' })),
    async flush() {
      await getClient().flush({ timeoutMs: FLUSH_TIMEOUT_MS });
    },
    spans() {
      const { started, sampledOut } = getClient().stats();
      return started - sampledOut;
    },
    async shutdown() {
      await getClient().shutdown({ timeoutMs: SHUTDOWN_TIMEOUT_MS });
    },
  };
}

/** What a module for `--with` may export; all of it is optional. */
interface TracedSetup {
  readonly wrap?: (handler: Handler) => Handler;
  readonly flush?: () => unknown;
  readonly shutdown?: () => unknown;
}

async function openOther(withUrl: string): Promise<HandlerTracer> {
  const setup = (await import(withUrl)) as TracedSetup;
  return {
    wrap: (handler) => setup.wrap?.(handler) ?? handler,
    async flush() {
      await setup.flush?.();
    },
    spans: () => undefined,
    async shutdown() {
      await setup.shutdown?.();
    },
  };
}
