import type { Leaf } from './leaf.js';

/** Axis B: the first hop off the serving thread. What comes after it delays no request. */
export const FIRST_HOPS = [
  {
    id: 'B.none',
    title: 'none',
    explanation:
      'Nothing leaves, because the serving thread makes no span: it is not traced, or somebody outside the process makes the spans.',
  },
  {
    id: 'B.awaited-a-span',
    title: 'awaited a span',
    explanation:
      "Each span is sent when it ends, by itself: OpenTelemetry's `SimpleSpanProcessor`, Langfuse's `immediate` mode, a synchronous log line. A request of its own costs the main thread about half a millisecond of CPU in Node, and the round trip where it is awaited; there is no batch that could stall anything. OpenTelemetry's exporter, which Langfuse uses too, has at most 30 requests under way: what a burst makes beyond that is dropped.",
  },
  {
    id: 'B.batch-same-thread',
    title: 'batch on the same thread',
    explanation:
      "Finished spans wait in a list, and the event loop that serves requests turns them into bytes and sends them, 512 at a time or every few seconds: OpenTelemetry's batch processor, and with it Langfuse from version 5 in JavaScript, LangSmith, Opik, Sentry, dd-trace. The mean looks good; whoever arrives while a batch is serialised waits for all of it.",
  },
  {
    id: 'B.interpreter-thread',
    title: 'thread that shares the interpreter (Python)',
    explanation:
      'A background thread takes the spans from a queue, serialises and sends them: the Python SDKs of Langfuse from version 2 on and of OpenTelemetry. It shares the GIL with the threads that serve requests: while it serialises, they wait, and the tail grows with the batch.',
    whyNotRun: 'JavaScript has no such threads: a worker has an interpreter of its own.',
    python: { cases: ['gil', 'gil-large'], subjects: ['langfuse-2', 'langfuse-3', 'langfuse-5', 'opentelemetry'] },
    published: [
      {
        text: '50 to 100 µs a span, blamed on locks and on the exporter thread; a few µs with a process of its own',
        source: 'https://github.com/sgl-project/sglang/pull/30023',
      },
    ],
  },
  {
    id: 'B.isolated-thread',
    title: 'isolated thread',
    explanation:
      'A worker thread with its own interpreter and its own heap gets the spans through shared memory or by messages and does the rest: Slipstream by default, and the transports of pino, whose lines are JSON before. (LangSmith has a worker serialise values with a string of 64 K characters or more, takes the bytes back and sends them itself: a batch on the same thread.) The serving thread pays for the hand-over: a copy of the bytes into shared memory, or a structured clone. The two still share cores and caches.',
  },
  {
    id: 'B.child-process',
    title: 'child process',
    explanation:
      'A process that the application starts gets the spans by a pipe or by shared memory: `multiprocessing` in Python, which is the cure for the GIL. The serving thread pays for serialising to the pipe; memory and start-up double.',
    whyNotRun: 'An isolated thread does the same for less.',
    python: { cases: ['gil-multiprocessing'], subjects: ['multiprocessing'] },
  },
  {
    id: 'B.sidecar',
    title: 'sidecar or Collector',
    explanation:
      'Each span goes to a process that runs beside the application as soon as it can, over a socket. Only a hand-over that does not serialise on the serving thread helps it: an exporter that batches and then sends to a Collector is a batch on the same thread, whoever listens. The lab runs it with the collector of Slipstream as the process beside, and a client that has no worker: what it encodes in short slices between requests is the price.',
  },
  {
    id: 'B.broker',
    title: 'broker and worker',
    explanation:
      'Spans are appended to a queue outside the process (Redis, Kafka), and workers deliver them. The append survives the process; the serving thread pays for serialising and for a write to a socket, unless a worker thread makes the append, as Slipstream does with a redis:// address. What Redis and the collectors behind it take is in docs/lab/shared.md.',
  },
] as const satisfies readonly Leaf[];
