/** Answers of Anthropic's API, as it sends them. */

export const ASKED = {
  model: 'claude-asked',
  max_tokens: 64,
  messages: [{ role: 'user' as const, content: 'Xin chào?' }],
};

export const USAGE = {
  input_tokens: 10,
  cache_creation_input_tokens: 5,
  cache_read_input_tokens: 100,
  cache_creation: { ephemeral_5m_input_tokens: 5, ephemeral_1h_input_tokens: 0 },
  output_tokens: 40,
  output_tokens_details: { thinking_tokens: 25 },
  server_tool_use: null,
  service_tier: 'standard',
};

/** In which each token is counted once: 115 in, 40 out. */
export const USAGE_DETAILS = {
  input: 10,
  input_cached_tokens: 100,
  input_cache_creation: 5,
  output: 15,
  output_reasoning_tokens: 25,
  total: 155,
};

export const CONTENT = [
  { type: 'thinking', thinking: 'A greeting.', signature: 'c2ln' },
  { type: 'text', text: 'Xin chào!', citations: null },
  { type: 'tool_use', id: 'toolu_1', name: 'get_time', input: { city: 'Paris' } },
];

export function message(more: object = {}): object {
  return {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'claude-served',
    content: CONTENT,
    stop_reason: 'tool_use',
    stop_sequence: null,
    usage: USAGE,
    ...more,
  };
}

const delta = (index: number, part: object): object => ({ type: 'content_block_delta', index, delta: part });

/** The events of a streamed message: thinking, a text in two pieces, two tool calls whose input is interleaved. */
export const EVENTS = [
  {
    type: 'message_start',
    message: message({
      content: [],
      stop_reason: null,
      usage: { ...USAGE, output_tokens: 1, output_tokens_details: null },
    }),
  },
  { type: 'ping' },
  { type: 'content_block_start', index: 0, content_block: { type: 'thinking', thinking: '', signature: '' } },
  delta(0, { type: 'thinking_delta', thinking: 'A greeting.' }),
  delta(0, { type: 'signature_delta', signature: 'c2ln' }),
  { type: 'content_block_stop', index: 0 },
  { type: 'content_block_start', index: 1, content_block: { type: 'text', text: '', citations: null } },
  delta(1, { type: 'text_delta', text: 'Xin ' }),
  delta(1, { type: 'text_delta', text: 'chào!' }),
  { type: 'content_block_stop', index: 1 },
  { type: 'content_block_start', index: 2, content_block: toolUse('toolu_1', 'get_time') },
  delta(2, { type: 'input_json_delta', partial_json: '{"city":' }),
  delta(2, { type: 'input_json_delta', partial_json: '"Paris"}' }),
  { type: 'content_block_stop', index: 2 },
  { type: 'message_delta', delta: { stop_reason: 'tool_use', stop_sequence: null }, usage: lastUsage() },
  { type: 'message_stop' },
];

export const STREAMED_CONTENT = [
  { type: 'thinking', thinking: 'A greeting.', signature: 'c2ln' },
  { type: 'text', text: 'Xin chào!', citations: null },
  { ...toolUse('toolu_1', 'get_time'), input: '{"city":"Paris"}' },
];

function toolUse(id: string, name: string): object {
  return { type: 'tool_use', id, name, input: {} };
}

function lastUsage(): object {
  return { output_tokens: 40, output_tokens_details: { thinking_tokens: 25 }, input_tokens: null };
}

export function refused(text: string): object {
  return { type: 'error', error: { type: 'invalid_request_error', message: text }, request_id: 'req_scripted' };
}
