import { randomUUID } from 'node:crypto';
import { ArmNotLoadedError } from '../../errors.js';
import { spanLogPath } from '../../sink/span-log.js';
import type { Arm } from '../contract.js';
import { type HandMadeSpans, wrapByHand } from '../hand-made-spans.js';
import { importPeer } from '../peer-module.js';

interface PinoTransport {
  end(): void;
  once(event: 'close', done: () => void): void;
}

interface PinoLogger {
  info(fields: object, message: string): void;
  error(fields: object, message: string): void;
  flush(done: (error?: Error | null) => void): void;
}

interface PinoModule {
  pino: ((destination: PinoTransport) => PinoLogger) & {
    transport(options: { target: 'pino/file'; options: { destination: string } }): PinoTransport;
  };
}

/** What an application has to keep itself, so that somebody can make spans of its lines later. */
interface LoggedSpan {
  readonly spanId: string;
  readonly traceId: string;
  readonly parentId: string | undefined;
  readonly name: string;
  readonly kind: string;
  readonly input: unknown;
  readonly startedAt: number;
}

/**
 * A line of JSON for each span, by pino with a transport: the line is made on the main thread, goes to a worker through
 * shared memory, and is written to a file there. Ids and parents are the application's own, so they are the arm's.
 */
export function createPinoArm(peersUrl: string): Arm {
  let module: PinoModule | undefined;
  let transport: PinoTransport | undefined;
  let logger: PinoLogger | undefined;
  const started = (): PinoLogger => {
    if (logger === undefined) throw new ArmNotLoadedError('pino');
    return logger;
  };
  return {
    async load() {
      module = await importPeer<PinoModule>(peersUrl, 'pino.mjs');
    },
    setUp(sinkUrl) {
      if (module === undefined) throw new ArmNotLoadedError('pino');
      const { pino } = module;
      transport = pino.transport({ target: 'pino/file', options: { destination: spanLogPath(sinkUrl) } });
      logger = pino(transport);
    },
    wrap: wrapByHand(() => spansOf(started())),
    flush: () =>
      new Promise<void>((resolve, reject) => {
        started().flush((error) => (error instanceof Error ? reject(error) : resolve()));
      }),
    tearDown: () =>
      new Promise<void>((resolve) => {
        if (transport === undefined) return resolve();
        transport.once('close', resolve);
        transport.end();
      }),
  };
}

function spansOf(logger: PinoLogger): HandMadeSpans<LoggedSpan> {
  return {
    begin: (parent, name, input, kind) => ({
      spanId: randomUUID(),
      traceId: parent?.traceId ?? randomUUID(),
      parentId: parent?.spanId,
      name,
      kind,
      input,
      startedAt: performance.now(),
    }),
    end: (span, output) => logger.info({ ...fieldsOf(span), output }, span.name),
    fail: (span, error) => logger.error({ ...fieldsOf(span), err: error }, span.name),
  };
}

/** The id comes first: the sink finds a line's span by it. */
function fieldsOf({ spanId, traceId, parentId, kind, input, startedAt }: LoggedSpan): object {
  return { spanId, traceId, parentId, kind, durationMs: performance.now() - startedAt, input };
}
