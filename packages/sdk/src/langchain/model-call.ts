import type { ObservationEnd, ObservationStart } from '../core.js';
import { countOf, type Fields, fieldsOf, firstText, isRecord } from '../framework-events/records.js';
import { disjointUsage } from '../framework-events/usage.js';
import { plainMessage } from './messages.js';

/** Names under which providers' classes pass the settings of a call. */
const PARAMETER_NAMES: readonly string[] = [
  'temperature',
  'top_p',
  'topP',
  'top_k',
  'topK',
  'max_tokens',
  'maxTokens',
  'max_completion_tokens',
  'max_output_tokens',
  'maxOutputTokens',
  'frequency_penalty',
  'presence_penalty',
  'n',
  'seed',
  'stop',
  'stop_sequences',
  'tool_choice',
  'reasoning_effort',
];

/** Model and settings, as far as they are known before the call. */
export function requestOf(
  extraParams: unknown,
  metadata: unknown,
): Pick<ObservationStart, 'model' | 'modelParameters'> {
  const invocation = fieldsOf(fieldsOf(extraParams).invocation_params);
  const parameters: Record<string, unknown> = {};
  for (const name of PARAMETER_NAMES) if (invocation[name] !== undefined) parameters[name] = invocation[name];
  const tools = toolNames(invocation.tools);
  if (tools.length > 0) parameters.tools = tools;
  return {
    model: firstText(invocation.model, invocation.model_name, fieldsOf(metadata).ls_model_name),
    modelParameters: Object.keys(parameters).length > 0 ? parameters : undefined,
  };
}

function toolNames(tools: unknown): string[] {
  if (!Array.isArray(tools)) return [];
  return tools.flatMap((tool) => firstText(fieldsOf(tool).name, fieldsOf(fieldsOf(tool).function).name) ?? []);
}

/** What a call of a model gave: its answer, the model that served it, and what it used. */
export function answerOf(result: unknown, capturesOutput: boolean): ObservationEnd {
  const { generations, llmOutput } = fieldsOf(result);
  const answers = Array.isArray(generations) && Array.isArray(generations[0]) ? generations[0].filter(isRecord) : [];
  const first = fieldsOf(answers[0]);
  const message = fieldsOf(first.message);
  const response = fieldsOf(message.response_metadata);
  const reason = firstText(response.finish_reason, response.stop_reason, fieldsOf(first.generationInfo).finish_reason);
  const cost = fieldsOf(response.usage).cost;
  return {
    output: capturesOutput ? outputOf(answers) : undefined,
    model: firstText(response.model_name, response.model),
    usageDetails: usageOf(answers.length === 1 ? message.usage_metadata : undefined, llmOutput),
    costDetails: typeof cost === 'number' ? { total: cost } : undefined,
    metadata: reason === undefined ? undefined : { finish_reason: reason },
  };
}

function outputOf(answers: readonly Fields[]): unknown {
  const outputs = answers.map(({ message, text }) => (isRecord(message) ? plainMessage(message) : text));
  return outputs.length === 1 ? outputs[0] : outputs;
}

function usageOf(usageMetadata: unknown, llmOutput: unknown): Record<string, number> | undefined {
  const usage = fieldsOf(usageMetadata);
  const counted = fieldsOf(fieldsOf(llmOutput).tokenUsage);
  const input = fieldsOf(usage.input_token_details);
  const output = fieldsOf(usage.output_token_details);
  return disjointUsage(
    {
      whole: countOf(usage.input_tokens) ?? countOf(counted.promptTokens),
      parts: {
        input_cached_tokens: countOf(input.cache_read),
        input_cache_creation: countOf(input.cache_creation),
        input_audio_tokens: countOf(input.audio),
      },
    },
    {
      whole: countOf(usage.output_tokens) ?? countOf(counted.completionTokens),
      parts: {
        output_reasoning_tokens: countOf(output.reasoning),
        output_audio_tokens: countOf(output.audio),
      },
    },
    countOf(usage.total_tokens) ?? countOf(counted.totalTokens),
  );
}
