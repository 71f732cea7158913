import { type LooseObject, pick, presentOnly } from '../model-calls/loose-object.js';

/** What steers the model, in any of the APIs; content and identifiers of people are not among it. */
const PARAMETER_NAMES: readonly string[] = [
  'temperature',
  'top_p',
  'top_k',
  'min_p',
  'max_tokens',
  'max_completion_tokens',
  'max_output_tokens',
  'n',
  'best_of',
  'stop',
  'seed',
  'presence_penalty',
  'frequency_penalty',
  'repetition_penalty',
  'logprobs',
  'top_logprobs',
  'reasoning_effort',
  'reasoning',
  'verbosity',
  'modalities',
  'service_tier',
  'tool_choice',
  'parallel_tool_calls',
  'max_tool_calls',
  'truncation',
  'background',
  'store',
  'stream',
  'dimensions',
  'encoding_format',
  'size',
  'quality',
  'voice',
  'language',
  'speed',
];

export function modelParameters(body: LooseObject): Record<string, unknown> | undefined {
  const parameters = pick(body, PARAMETER_NAMES);
  // A name of a format; where it is a schema it belongs to the input.
  return typeof body.response_format === 'string'
    ? { ...parameters, response_format: body.response_format }
    : parameters;
}

/** Who should serve the request, where a router such as OpenRouter is asked; who did stands in the answer's facts. */
export function routingMetadata(body: LooseObject): Record<string, unknown> | undefined {
  return presentOnly({ requestedProvider: body.provider, requestedModels: body.models });
}

/** The main part alone, or with the others that were given. */
export function inputOf(body: LooseObject, main: string, others: readonly string[]): unknown {
  const context = pick(body, others);
  return context === undefined ? body[main] : { ...context, [main]: body[main] };
}
