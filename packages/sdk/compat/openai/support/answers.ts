/** Answers of a provider, as it sends them. */

export const USAGE = {
  prompt_tokens: 100,
  completion_tokens: 40,
  total_tokens: 140,
  prompt_tokens_details: { cached_tokens: 64, audio_tokens: 6 },
  completion_tokens_details: { reasoning_tokens: 25, audio_tokens: 0, accepted_prediction_tokens: 0 },
};

/** A completion of one choice, or of more where more messages are given. */
export function completion(message: object, more: object = {}, others: readonly object[] = []): object {
  const choices = [message, ...others].map((each, index) => ({
    index,
    message: { role: 'assistant', content: null, refusal: null, ...each },
    finish_reason: 'tool_calls' in each ? 'tool_calls' : 'stop',
    logprobs: null,
  }));
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1_700_000_000,
    model: 'gpt-served',
    choices,
    usage: USAGE,
    ...more,
  };
}

/** One chunk of a streamed completion. */
export function chunk(
  delta: object | undefined,
  more: { finish?: string; index?: number; usage?: object } = {},
): object {
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1_700_000_000,
    model: 'gpt-served',
    choices:
      delta === undefined
        ? []
        : [{ index: more.index ?? 0, delta, finish_reason: more.finish ?? null, logprobs: null }],
    ...(more.usage === undefined ? {} : { usage: more.usage }),
  };
}

export const HELLO_CHUNKS = [
  chunk({ role: 'assistant', content: '' }),
  chunk({ content: 'Xin ' }),
  chunk({ content: 'chào' }),
  chunk({ content: '!' }),
  chunk({}, { finish: 'stop' }),
  chunk(undefined, { usage: USAGE }),
];

const call = (index: number, part: object): object => chunk({ tool_calls: [{ index, ...part }] });

/** Two calls whose arguments come interleaved. */
export const PARALLEL_CALL_CHUNKS = [
  chunk({ role: 'assistant', content: null }),
  call(0, { id: 'call_a', type: 'function', function: { name: 'get_time', arguments: '' } }),
  call(1, { id: 'call_b', type: 'function', function: { name: 'get_zone', arguments: '' } }),
  call(0, { function: { arguments: '{"city":' } }),
  call(1, { function: { arguments: '{"tz":' } }),
  call(0, { function: { arguments: '"Paris"}' } }),
  call(1, { function: { arguments: '"CET"}' } }),
  chunk({}, { finish: 'tool_calls' }),
  chunk(undefined, { usage: USAGE }),
];

export const PARALLEL_CALLS = [
  { id: 'call_a', type: 'function', function: { name: 'get_time', arguments: '{"city":"Paris"}' } },
  { id: 'call_b', type: 'function', function: { name: 'get_zone', arguments: '{"tz":"CET"}' } },
];

export const RESPONSE_USAGE = {
  input_tokens: 50,
  input_tokens_details: { cached_tokens: 20 },
  output_tokens: 30,
  output_tokens_details: { reasoning_tokens: 10 },
  total_tokens: 80,
};

const MESSAGE_ITEM = {
  id: 'msg_1',
  type: 'message',
  status: 'completed',
  role: 'assistant',
  content: [{ type: 'output_text', text: 'Xin chào!', annotations: [] }],
};

export const CALL_ITEM = {
  id: 'fc_1',
  type: 'function_call',
  status: 'completed',
  call_id: 'call_1',
  name: 'get_time',
  arguments: '{"city":"Paris"}',
};

/** A whole response of the Responses API. */
export function response(more: object = {}): object {
  return {
    id: 'resp_1',
    object: 'response',
    created_at: 1_700_000_000,
    status: 'completed',
    error: null,
    incomplete_details: null,
    model: 'gpt-served',
    output: [MESSAGE_ITEM],
    parallel_tool_calls: true,
    tools: [],
    usage: RESPONSE_USAGE,
    ...more,
  };
}

const head = { output_index: 0, item_id: 'msg_1', content_index: 0 };

/** The events of a streamed response; the last is the one that ends it. */
export function responseEvents(last: string = 'response.completed', more: object = {}): { type: string }[] {
  const open = response({ status: 'in_progress', output: [], usage: null });
  return [
    { type: 'response.created', response: open },
    { type: 'response.in_progress', response: open },
    {
      type: 'response.output_item.added',
      output_index: 0,
      item: { ...MESSAGE_ITEM, status: 'in_progress', content: [] },
    },
    { type: 'response.content_part.added', ...head, part: { type: 'output_text', text: '', annotations: [] } },
    { type: 'response.output_text.delta', ...head, delta: 'Xin ', logprobs: [] },
    { type: 'response.output_text.delta', ...head, delta: 'chào!', logprobs: [] },
    { type: 'response.output_text.done', ...head, text: 'Xin chào!', logprobs: [] },
    { type: 'response.content_part.done', ...head, part: MESSAGE_ITEM.content[0] },
    { type: 'response.output_item.done', output_index: 0, item: MESSAGE_ITEM },
    { type: last, response: response(more) },
  ].map((event, index) => ({ ...event, sequence_number: index }));
}

/** The events of a response that calls a tool. */
export function callEvents(): { type: string }[] {
  const open = response({ status: 'in_progress', output: [], usage: null });
  const item = { output_index: 0, item_id: 'fc_1' };
  return [
    { type: 'response.created', response: open },
    {
      type: 'response.output_item.added',
      output_index: 0,
      item: { ...CALL_ITEM, arguments: '', status: 'in_progress' },
    },
    { type: 'response.function_call_arguments.delta', ...item, delta: '{"city":' },
    { type: 'response.function_call_arguments.delta', ...item, delta: '"Paris"}' },
    { type: 'response.function_call_arguments.done', ...item, arguments: CALL_ITEM.arguments, name: 'get_time' },
    { type: 'response.output_item.done', output_index: 0, item: CALL_ITEM },
    { type: 'response.completed', response: response({ output: [CALL_ITEM] }) },
  ].map((event, index) => ({ ...event, sequence_number: index }));
}

/** Two vectors as the library asks for them. */
export function embeddings(format: 'base64' | 'float'): object {
  const vector = Float32Array.from([0.25, -0.5, 1]);
  const embedding = format === 'float' ? [...vector] : Buffer.from(vector.buffer).toString('base64');
  const data = [0, 1].map((index) => ({ object: 'embedding', index, embedding }));
  return { object: 'list', data, model: 'embed-served', usage: { prompt_tokens: 7, total_tokens: 7 } };
}

export function refused(message: string): object {
  return { error: { message, type: 'invalid_request_error', param: 'messages', code: 'bad_thing' } };
}
