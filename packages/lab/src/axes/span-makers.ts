import type { Leaf } from './leaf.js';

/** Axis A: who creates the span. */
export const SPAN_MAKERS = [
  {
    id: 'A.nobody',
    title: 'nobody',
    explanation:
      'The work alone, or a tracer that is switched off: the price is a look at a flag (5 to 15 ns a call in Slipstream). The lab runs it twice, as the base that is subtracted and as the noise floor.',
  },
  {
    id: 'A.low-level-call',
    title: 'low-level call',
    explanation:
      "The application calls the library around its work and hands over what should be recorded: Langfuse's `trace()` and `span()`, dd-trace's `tracer.trace`, Sentry's `startSpan`, Slipstream's `client.trace()`. It costs an object, two readings of the clock, random ids, and whatever the library does with the values at once.",
    published: [
      {
        text: '0.16 to 0.27 ms a call for the Python SDK 2 of Langfuse (trace 0.27, generation 0.20, span 0.16, event 0.24), which enqueues and leaves the rest to a thread',
        source: 'the notes that the project began with',
      },
    ],
  },
  {
    id: 'A.observe-wrapper',
    title: 'observe wrapper',
    explanation:
      'A function is wrapped once (`observe`, `@observe`, `traceable`, `track`), and each call makes a span with its arguments and its result. Beside the low-level call it costs a closure, a run in an async context, the following of a promise, and the inspection of arguments and result, whose size decides how much.',
    published: [
      {
        text: 'update_current_trace takes 20 to 40 ms in the Python SDK because it inspects the stack',
        source: 'https://github.com/langfuse/langfuse/issues/4296',
      },
    ],
  },
  {
    id: 'A.client-drop-in',
    title: 'client drop-in',
    explanation:
      'The client of the model is replaced by one that traces (`observeOpenAI`, `wrapOpenAI`, the OpenAI entry of Slipstream). It makes a span a model call: beside the wrapper it copies the request, follows the stream and does something for each chunk, which is felt between tokens rather than in the total. The lab calls a model that answers at once, so that the price shows; beside the hundreds of milliseconds of a real one it disappears.',
  },
  {
    id: 'A.framework-callback',
    title: 'framework callback',
    explanation:
      "A framework calls a handler at every step of a chain, a graph or an agent (LangChain, LlamaIndex, the AI SDK). It costs what a low-level call costs, for each event that the framework tells of, and the framework's own bookkeeping: run trees, and copies of its messages at every level. What LangChain does only because somebody listens is part of the figure.",
    published: [
      {
        text: '1.6 to 2.8 s response time with a Langfuse callback in LiteLLM, as a user reported',
        source: 'https://github.com/BerriAI/litellm/issues/1511',
      },
    ],
  },
  {
    id: 'A.opentelemetry-api',
    title: 'OpenTelemetry API',
    explanation:
      "Spans are made by `startActiveSpan` of the OpenTelemetry API, by hand or by an instrumentation. It costs what a low-level call costs, and the API's own layer: a copy of the context for each span (0.3 µs with the API's map, 0.2 µs with a context class of its own), a check of each attribute, its limits.",
  },
  {
    id: 'A.module-hooks',
    title: 'module hooks',
    explanation:
      'The loader is hooked and libraries are rewritten while they load (`require-in-the-middle`, `import-in-the-middle`, dd-trace by default). It costs start-up time for every module that is loaded, and afterwards a span for everything that is wrapped, whether or not anybody wants to see it.',
    whyNotRun:
      'Which modules an application loads decides its price. In the lab dd-trace and Sentry run with their HTTP spans off, since they would otherwise make more spans than the others.',
    published: [
      {
        text: 'loading modules takes 3 to 5 times as long; a start of 20 to 30 s became 2.5 minutes',
        source: 'https://github.com/open-telemetry/opentelemetry-js/issues/3029',
      },
    ],
  },
  {
    id: 'A.gateway',
    title: 'gateway',
    explanation:
      'A proxy between the application and the model sees each call and makes the span (LiteLLM, Portkey, Bifrost). Nothing is done in the process; a hop, the reading of the body and a queue are added to each model call, and the calls stop when the proxy does. It sees model calls and nothing around them.',
    whyNotRun: 'It costs latency of the network and of another program, which a loopback interface would flatter.',
    published: [
      {
        text: 'Bifrost 0.62 ms, Portkey 2.65 ms added to a call (interleaved rounds, one machine)',
        source: 'https://raw.githubusercontent.com/cuihuan/llm-gateway-bench/main/data/overhead.json',
      },
      {
        text: '+251 ms at the 99th percentile of a Python proxy with 16 calls at a time',
        source:
          'https://raw.githubusercontent.com/BerriAI/ai-gateway-bench/refs/heads/main/results/latency_vs_concurrency.csv',
      },
    ],
  },
  {
    id: 'A.log-line',
    title: 'log line',
    explanation:
      'The application writes structured log lines, and something else makes spans of them. It costs JSON of the captured values (the same as in most libraries) and a write; the context has to be in the line already. Nothing joins lines into spans on the way, so that durations and parents are as good as what the application wrote. The lab runs it with pino, whose transport writes the lines to a file in a worker thread.',
    published: [
      {
        text: '100,000 lines of `{"hello":"world"}` in 201 ms, so 2 µs a line of a few bytes (the page names no machine; ten lines in each of 10,000 turns, by its source)',
        source: 'https://github.com/pinojs/pino/blob/main/docs/benchmarks.md',
      },
    ],
  },
  {
    id: 'A.kernel-probe',
    title: 'kernel probe',
    explanation:
      'A probe in the kernel or at the entry of a TLS library reads what goes over the wire (AgentSight, Beyla). The process is not changed; each read and write pays for the probe. It needs root and Linux, and knows requests rather than functions: no names, no nesting, no values that never leave the process.',
    whyNotRun: 'It needs root, a kernel with BTF and a TLS library that can be probed, which Node links statically.',
    published: [
      { text: 'below 3 % CPU, by its own account', source: 'https://github.com/eunomia-bpf/agentsight' },
      {
        text: '0.5 % CPU and 75 MB at about 75 requests/s (600 MB while it starts)',
        source: 'https://grafana.com/docs/beyla/latest/performance',
      },
    ],
  },
] as const satisfies readonly Leaf[];
