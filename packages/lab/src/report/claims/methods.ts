import type { MethodClaim } from './claim.js';

const WAYS = ['ways-4kb', '4kb-paced'];

/** Axis A of the notes: ways to trace, and what each is said to add to the main thread of a Python service. */
export const METHOD_CLAIMS: readonly MethodClaim[] = [
  {
    id: 'A1',
    title: 'low-level API',
    says: 'trace(), span(), generation(), event() only put something into a queue: 0.16 to 0.27 ms a call (published for the Python SDK 2).',
    range: { low: 0.16, high: 0.27 },
    unit: 'a call',
    javascript: [
      { arm: 'langfuse-low-level', scenarios: WAYS },
      { arm: 'slipstream-low-level', scenarios: WAYS },
    ],
    pythonCase: 'method-A1',
  },
  {
    id: 'A2',
    title: '@observe decorator',
    says: 'It looks at the arguments, copies and serialises the input, wraps the call, serialises the output and makes the span: 5 to 15 ms a function.',
    range: { low: 5, high: 15 },
    unit: 'a function',
    javascript: [
      { arm: 'langfuse', scenarios: WAYS },
      { arm: 'slipstream', scenarios: WAYS },
    ],
    pythonCase: 'method-A2',
  },
  {
    id: 'A3',
    title: 'OpenAI drop-in',
    says: 'It wraps the response of the model: 1 to 3 ms a call.',
    range: { low: 1, high: 3 },
    unit: 'a call',
    javascript: [
      { arm: 'langfuse-openai', scenarios: ['ways-openai'] },
      { arm: 'slipstream-openai', scenarios: ['ways-openai'] },
    ],
    pythonCase: 'method-A3',
  },
  {
    id: 'A4',
    title: 'framework callback',
    says: 'LangChain or LlamaIndex call it at each step, and it serialises what the framework holds: 2 to 10 ms a step.',
    range: { low: 2, high: 10 },
    unit: 'a step',
    javascript: [
      { arm: 'langfuse-langchain', scenarios: ['ways-langchain'] },
      { arm: 'slipstream-langchain', scenarios: ['ways-langchain'] },
    ],
    pythonCase: 'method-A4',
  },
  {
    id: 'A5',
    title: 'OpenTelemetry spans by hand',
    says: 'There is no layer of Langfuse in between: 0.5 to 2 ms.',
    range: { low: 0.5, high: 2 },
    unit: 'a span',
    javascript: [
      { arm: 'opentelemetry', scenarios: WAYS },
      { arm: 'slipstream-otel', scenarios: WAYS },
    ],
    pythonCase: 'method-A5',
  },
];
