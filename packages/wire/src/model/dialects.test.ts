import { describe, expect, test } from 'vitest';
import { RESOURCE, SCOPE, TRACE_ID, withAttributes } from '../../test/sample-spans.js';
import type { AnyValue, InstrumentationScope, Span, SpanEvent } from '../otlp/messages.js';
import { toObservation } from './to-observation.js';

const scopeOf = (name: string, version = '1.0.0'): InstrumentationScope => ({ ...SCOPE, name, version });

const map = (attributes: Record<string, AnyValue>, changes: Partial<Span> = {}, scope = scopeOf('other')) =>
  toObservation(withAttributes(attributes, changes), RESOURCE, scope);

const json = (text: string | undefined): unknown => JSON.parse(text ?? 'null');

const event = (name: string, attributes: Record<string, AnyValue>): SpanEvent => ({
  timeUnixNano: 1n,
  name,
  attributes: Object.entries(attributes).map(([key, value]) => ({ key, value })),
  droppedAttributesCount: 0,
});

describe('OpenTelemetry GenAI', () => {
  test('a chat of the current conventions', () => {
    const observation = map({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'gpt-4o',
      'gen_ai.response.model': 'gpt-4o-2024-08-06',
      'gen_ai.request.temperature': 0.7,
      'gen_ai.request.max_tokens': 200n,
      'gen_ai.conversation.id': 'c-7',
      'gen_ai.usage.input_tokens': 100n,
      'gen_ai.usage.output_tokens': 50n,
      'gen_ai.usage.cache_read.input_tokens': 60n,
      'gen_ai.usage.reasoning.output_tokens': 20n,
      'gen_ai.system_instructions': '[{"type":"text","content":"Be brief"}]',
      'gen_ai.input.messages': '[{"role":"user","parts":[{"type":"text","content":"Hi"}]}]',
      'gen_ai.output.messages': '[{"role":"assistant","parts":[{"type":"text","content":"Hello"}]}]',
      'server.address': 'api.openai.com',
    });
    expect(observation).toMatchObject({ type: 'generation', model: 'gpt-4o-2024-08-06', sessionId: 'c-7' });
    expect(json(observation.modelParameters)).toEqual({ temperature: 0.7, max_tokens: 200 });
    expect(observation.usageDetails).toEqual(
      new Map([
        ['input_cached_tokens', 60],
        ['output_reasoning_tokens', 20],
        ['input', 40],
        ['output', 30],
        ['total', 150],
      ]),
    );
    expect(json(observation.input)).toEqual([
      { role: 'system', parts: [{ type: 'text', content: 'Be brief' }] },
      { role: 'user', parts: [{ type: 'text', content: 'Hi' }] },
    ]);
    expect(json(observation.output)).toEqual([{ role: 'assistant', parts: [{ type: 'text', content: 'Hello' }] }]);
    expect(Object.fromEntries(observation.metadata)).toEqual({
      'attributes.gen_ai.operation.name': 'chat',
      'attributes.gen_ai.provider.name': 'openai',
      'attributes.gen_ai.request.model': 'gpt-4o',
      'attributes.server.address': 'api.openai.com',
    });
  });

  test('messages as structured attributes', () => {
    const observation = map({
      'gen_ai.operation.name': 'chat',
      'gen_ai.system_instructions': 'Be brief',
      'gen_ai.input.messages': [{ entries: [{ key: 'role', value: 'user' }] }],
    });
    expect(json(observation.input)).toEqual([{ role: 'system', content: 'Be brief' }, { role: 'user' }]);
  });

  test.each<[string | undefined, unknown]>([
    [undefined, [{ role: 'system', content: 'S' }]],
    ['[]', [{ role: 'system', content: 'S' }]],
    ['just text', [{ role: 'system', content: 'S' }, 'just text']],
    ['[broken', [{ role: 'system', content: 'S' }, '[broken']],
  ])('instructions before input messages of %j', (messages, input) => {
    const observation = map({ 'gen_ai.system_instructions': 'S', 'gen_ai.input.messages': messages ?? null });
    expect(json(observation.input)).toEqual(input);
  });

  test('content in events of the earlier conventions', () => {
    const observation = map(
      { 'gen_ai.operation.name': 'chat' },
      {
        events: [
          event('gen_ai.system.message', { 'gen_ai.system': 'openai', content: 'Be brief' }),
          event('gen_ai.user.message', { content: 'Hi' }),
          event('gen_ai.choice', {
            index: 0n,
            finish_reason: 'stop',
            message: { entries: [{ key: 'content', value: 'Hello' }] },
          }),
          event('retry', { attempt: 1n }),
        ],
      },
    );
    expect(json(observation.input)).toEqual([
      { role: 'system', content: 'Be brief' },
      { role: 'user', content: 'Hi' },
    ]);
    expect(json(observation.output)).toEqual([
      { role: 'assistant', index: 0, finish_reason: 'stop', message: { content: 'Hello' } },
    ]);
    expect(json(observation.metadata.get('events'))).toEqual([
      { name: 'retry', timeUnixNano: '1', attributes: { attempt: 1 } },
    ]);
  });

  test('content in one event of details, and in events of whole sides', () => {
    const details = event('gen_ai.client.inference.operation.details', {
      'gen_ai.input.messages': '[{"role":"user"}]',
      'gen_ai.output.messages': '[{"role":"assistant"}]',
    });
    expect(map({}, { events: [details] })).toMatchObject({
      input: '[{"role":"user"}]',
      output: '[{"role":"assistant"}]',
    });
    const sides = [
      event('gen_ai.content.prompt', { 'gen_ai.prompt': 'P' }),
      event('gen_ai.content.completion', { 'gen_ai.completion': 'C' }),
    ];
    expect(map({}, { events: sides })).toMatchObject({ input: 'P', output: 'C' });
  });

  test('a tool call', () => {
    const observation = map(
      {
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.tool.name': 'get_weather',
        'gen_ai.tool.call.id': 'call_1',
        'gen_ai.tool.call.arguments': '{"city":"Huế"}',
        'gen_ai.tool.call.result': '{"c":31}',
      },
      { name: 'execute_tool get_weather' },
    );
    expect(observation).toMatchObject({
      type: 'tool',
      name: 'get_weather',
      input: '{"city":"Huế"}',
      output: '{"c":31}',
    });
  });

  test('an agent that only sums up its calls counts no tokens and no cost of its own', () => {
    const observation = map({
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.request.model': 'gpt-4o',
      'gen_ai.usage.input_tokens': 100n,
      'gen_ai.usage.cost': 0.5,
    });
    expect(observation).toMatchObject({ type: 'agent', model: undefined });
    expect([observation.usageDetails.size, observation.costDetails.size]).toEqual([0, 0]);
    expect(observation.metadata.get('attributes.gen_ai.usage.input_tokens')).toBe('100');
  });

  test('links are kept', () => {
    const link = {
      traceId: TRACE_ID,
      spanId: 'aaaaaaaaaaaaaaaa',
      traceState: '',
      attributes: [],
      droppedAttributesCount: 0,
      flags: 0,
    };
    expect(json(map({}, { links: [link] }).metadata.get('links'))).toEqual([
      { traceId: TRACE_ID, spanId: 'aaaaaaaaaaaaaaaa', attributes: {} },
    ]);
  });
});

describe('OpenInference', () => {
  const LLM = {
    'openinference.span.kind': 'LLM',
    'llm.model_name': 'gpt-4o-mini',
    'llm.invocation_parameters': '{"temperature":0}',
    'llm.input_messages.0.message.role': 'system',
    'llm.input_messages.0.message.content': 'Be brief',
    'llm.input_messages.1.message.role': 'user',
    'llm.input_messages.1.message.contents.0.message_content.type': 'text',
    'llm.input_messages.1.message.contents.0.message_content.text': 'Hi',
    'llm.output_messages.0.message.role': 'assistant',
    'llm.output_messages.0.message.tool_calls.0.tool_call.id': 'call_1',
    'llm.output_messages.0.message.tool_calls.0.tool_call.function.name': 'get_time',
    'llm.output_messages.0.message.tool_calls.0.tool_call.function.arguments': '{"tz":"CET"}',
    'llm.token_count.prompt': 20n,
    'llm.token_count.completion': 10n,
    'llm.token_count.total': 30n,
    'llm.token_count.prompt_details.cache_read': 5n,
    'llm.token_count.completion_details.reasoning': 4n,
    'llm.cost.prompt': 0.1,
    'llm.cost.completion': 0.2,
    'llm.cost.total': 0.3,
    metadata: '{"conversation_id":"c-1","turn":2}',
    'tag.tags': ['robot'],
    'session.id': 's-1',
  };

  test('a model call with its messages taken apart', () => {
    const observation = map(LLM);
    expect(observation).toMatchObject({
      type: 'generation',
      model: 'gpt-4o-mini',
      modelParameters: '{"temperature":0}',
      tags: ['robot'],
      sessionId: 's-1',
    });
    expect(json(observation.input)).toEqual([
      { role: 'system', content: 'Be brief' },
      { role: 'user', contents: [{ type: 'text', text: 'Hi' }] },
    ]);
    expect(json(observation.output)).toEqual([
      { role: 'assistant', tool_calls: [{ id: 'call_1', function: { name: 'get_time', arguments: '{"tz":"CET"}' } }] },
    ]);
    expect(Object.fromEntries(observation.usageDetails)).toEqual({
      input: 15,
      input_cached_tokens: 5,
      output: 6,
      output_reasoning_tokens: 4,
      total: 30,
    });
    expect(Object.fromEntries(observation.costDetails)).toEqual({ input: 0.1, output: 0.2, total: 0.3 });
    expect(Object.fromEntries(observation.metadata)).toEqual({
      conversation_id: 'c-1',
      turn: '2',
      'attributes.openinference.span.kind': 'LLM',
    });
  });

  test('values given whole win, and their parts are not kept a second time', () => {
    const observation = map({ ...LLM, 'input.value': 'Hi', 'output.value': '{"ok":true}' });
    expect(observation).toMatchObject({ input: 'Hi', output: '{"ok":true}' });
    expect([...observation.metadata.keys()].filter((key) => key.includes('messages'))).toEqual([]);
  });

  test.each([
    ['CHAIN', 'chain'],
    ['RETRIEVER', 'retriever'],
    ['RERANKER', 'retriever'],
    ['EMBEDDING', 'embedding'],
    ['AGENT', 'agent'],
    ['TOOL', 'tool'],
    ['GUARDRAIL', 'guardrail'],
    ['EVALUATOR', 'evaluator'],
    ['PROMPT', 'span'],
  ])('kind %s is a %s', (kind, type) => {
    expect(map({ 'openinference.span.kind': kind }).type).toBe(type);
  });

  test('retrieved documents are the output', () => {
    const observation = map({
      'openinference.span.kind': 'RETRIEVER',
      'input.value': 'query',
      'retrieval.documents.0.document.content': 'first',
      'retrieval.documents.0.document.score': 0.9,
      'retrieval.documents.1.document.content': 'second',
    });
    expect(json(observation.output)).toEqual([{ content: 'first', score: 0.9 }, { content: 'second' }]);
  });
});

describe('Traceloop', () => {
  test('a model call with indexed prompts', () => {
    const observation = map({
      'llm.request.type': 'chat',
      'gen_ai.system': 'Anthropic',
      'gen_ai.request.model': 'claude-sonnet',
      'gen_ai.prompt.0.role': 'user',
      'gen_ai.prompt.0.content': 'Hi',
      'gen_ai.prompt.10.role': 'user',
      'gen_ai.prompt.10.content': 'last',
      'gen_ai.prompt.2.role': 'assistant',
      'gen_ai.completion.0.role': 'assistant',
      'gen_ai.completion.0.content': 'Hello',
      'gen_ai.usage.prompt_tokens': 10n,
      'gen_ai.usage.completion_tokens': 5n,
      'llm.usage.total_tokens': 15n,
      'traceloop.association.properties.user_id': 'u-1',
      'traceloop.association.properties.lesson': 'l-1',
    });
    expect(observation).toMatchObject({ type: 'generation', model: 'claude-sonnet', userId: 'u-1' });
    expect(json(observation.input)).toEqual([
      { role: 'user', content: 'Hi' },
      { role: 'assistant' },
      { role: 'user', content: 'last' },
    ]);
    expect(json(observation.output)).toEqual([{ role: 'assistant', content: 'Hello' }]);
    expect(Object.fromEntries(observation.usageDetails)).toEqual({ input: 10, output: 5, total: 15 });
    expect(observation.metadata.get('lesson')).toBe('l-1');
  });

  test('a workflow with its entity', () => {
    expect(
      map({
        'traceloop.span.kind': 'workflow',
        'traceloop.entity.input': '{"a":1}',
        'traceloop.entity.output': 'done',
      }),
    ).toMatchObject({ type: 'chain', input: '{"a":1}', output: 'done' });
  });
});

describe('Vercel AI SDK', () => {
  const scope = scopeOf('ai');
  const inner = {
    'operation.name': 'ai.streamText.doStream robot-reply',
    'ai.operationId': 'ai.streamText.doStream',
    'ai.telemetry.functionId': 'robot-reply',
    'ai.telemetry.metadata.userId': 'u-1',
    'ai.telemetry.metadata.lesson': 'l-1',
    'ai.telemetry.metadata.langfusePrompt': '{"name":"tutor","version":4}',
    'ai.model.id': 'gpt-4o',
    'ai.prompt.messages': '[{"role":"user"}]',
    'ai.response.text': 'Hello',
    'ai.response.toolCalls': '[{"toolName":"t"}]',
    'ai.settings.maxRetries': 2n,
    'ai.usage.inputTokens': 10n,
    'ai.usage.cachedInputTokens': 4n,
    'ai.usage.outputTokens': 6n,
    'gen_ai.usage.input_tokens': 10n,
    'gen_ai.usage.output_tokens': 6n,
    'gen_ai.request.temperature': 0.3,
    'ai.response.msToFirstChunk': 120n,
  };

  test('the inner operation is the model call', () => {
    const observation = map(inner, { name: 'ai.streamText.doStream' }, scope);
    expect(observation).toMatchObject({
      type: 'generation',
      name: 'robot-reply:ai.streamText.doStream',
      model: 'gpt-4o',
      userId: 'u-1',
      promptName: 'tutor',
      promptVersion: '4',
      input: '[{"role":"user"}]',
      completionStartTimeUnixNano: 1_732_233_600_120_000_000n,
    });
    expect(json(observation.output)).toEqual({ role: 'assistant', content: 'Hello', tool_calls: [{ toolName: 't' }] });
    expect(Object.fromEntries(observation.usageDetails)).toEqual({
      input: 6,
      input_cached_tokens: 4,
      output: 6,
      total: 16,
    });
    expect(json(observation.modelParameters)).toEqual({ maxRetries: 2, temperature: 0.3 });
    expect(observation.metadata.get('lesson')).toBe('l-1');
  });

  test('reasoning stands in the answer, beside its text', () => {
    const observation = map({ ...inner, 'ai.response.toolCalls': '', 'ai.response.reasoning': 'Hm' }, {}, scope);
    expect(json(observation.output)).toEqual({ role: 'assistant', content: 'Hello', reasoning_content: 'Hm' });
    expect([...observation.metadata.keys()].filter((key) => key.includes('reasoning'))).toEqual([]);
  });

  test('an object is the answer, whatever was reasoned', () => {
    const answer = { 'ai.response.object': '{"a":1}', 'ai.response.reasoning': 'Hm' };
    const observation = map({ 'ai.operationId': 'ai.generateObject.doGenerate', ...answer }, {}, scope);
    expect(observation.output).toBe('{"a":1}');
    expect(observation.metadata.get('attributes.ai.response.reasoning')).toBe('Hm');
  });

  test('embedded values and their vectors are lists, not texts of JSON', () => {
    const observation = map(
      {
        'ai.operationId': 'ai.embedMany.doEmbed',
        'ai.values': ['"a"', '"b"'],
        'ai.embeddings': ['[1,2]', '[3,4]'],
        'ai.usage.tokens': 5n,
      },
      {},
      scope,
    );
    expect(observation).toMatchObject({ type: 'embedding', input: '["a","b"]', output: '[[1,2],[3,4]]' });
    expect(Object.fromEntries(observation.usageDetails)).toEqual({ input: 5, total: 5 });
  });

  test('values that are no JSON stay as they are', () => {
    expect(map({ 'ai.operationId': 'ai.embedMany', 'ai.values': ['a', 'b'] }, {}, scope).input).toBe('["a","b"]');
  });

  test('the outer operation repeats model and usage, which are not counted again', () => {
    const observation = map(
      { 'ai.operationId': 'ai.streamText', 'ai.model.id': 'gpt-4o', 'ai.usage.inputTokens': 10n, 'ai.prompt': '{}' },
      {},
      scope,
    );
    expect(observation).toMatchObject({ type: 'span', model: undefined, input: '{}' });
    expect(observation.usageDetails.size).toBe(0);
  });

  test('a tool call', () => {
    expect(
      map(
        {
          'ai.operationId': 'ai.toolCall',
          'ai.toolCall.name': 'get_time',
          'ai.toolCall.args': '{}',
          'ai.toolCall.result': '"12:00"',
        },
        {},
        scope,
      ),
    ).toMatchObject({ type: 'tool', name: 'get_time', input: '{}', output: '"12:00"' });
  });
});

describe('other senders', () => {
  test('Genkit: messages are taken out of their wrapping', () => {
    const observation = map(
      {
        'genkit:metadata:subtype': 'model',
        'genkit:name': 'googleai/gemini',
        'genkit:input': '{"messages":[{"role":"user"}],"config":{}}',
        'genkit:output': '{"message":{"role":"model"}}',
      },
      {},
      scopeOf('genkit-tracer'),
    );
    expect(observation).toMatchObject({
      type: 'generation',
      name: 'googleai/gemini',
      input: '[{"role":"user"}]',
      output: '{"role":"model"}',
    });
  });

  test.each<[string, Record<string, AnyValue>, string | undefined, string | undefined]>([
    ['MLflow', { 'mlflow.spanInputs': '{"q":1}', 'mlflow.spanOutputs': '2' }, '{"q":1}', '2'],
    ['plain keys', { input: 'in', output: ['a', 1n] }, 'in', '["a",1]'],
    ['Pydantic AI', { 'pydantic_ai.all_messages': '[]', final_result: 'done' }, '[]', 'done'],
    ['Pydantic AI tools', { tool_arguments: '{}', tool_response: 'r' }, '{}', 'r'],
    ['only one side', { 'output.value': 'only' }, undefined, 'only'],
    ['text completion', { 'gen_ai.prompt': 'P', 'gen_ai.completion': 'C' }, 'P', 'C'],
  ])('%s', (_, attributes, input, output) => {
    expect(map(attributes)).toMatchObject({ input, output });
  });

  test("a side that our keys leave out is not looked for in others'", () => {
    const observation = map({ 'langfuse.observation.output': '', input: 'an attribute' });
    expect(observation.input).toBeUndefined();
    expect(observation.output).toBe('');
    expect(observation.metadata.get('attributes.input')).toBe('an attribute');
  });

  test.each<[string, Record<string, AnyValue>, string]>([
    ['a model makes a generation', { 'llm.model_name': 'm' }, 'generation'],
    ['a tool name makes a tool', { 'gen_ai.tool.name': 't' }, 'tool'],
    [
      'an explicit type wins',
      { 'langfuse.observation.type': 'RETRIEVER', 'gen_ai.operation.name': 'chat' },
      'retriever',
    ],
    [
      'an unknown explicit type does not',
      { 'langfuse.observation.type': 'magic', 'gen_ai.operation.name': 'chat' },
      'generation',
    ],
    ['a name of a prototype is no type', { 'gen_ai.operation.name': 'constructor' }, 'span'],
  ])('%s', (_, attributes, type) => {
    expect(map(attributes).type).toBe(type);
  });

  test('a span of the Python SDK up to 3.3 with a model is a generation, of a later one it is not', () => {
    const attributes = { 'langfuse.observation.type': 'span', 'langfuse.observation.model.name': 'm' };
    const python = { attributes: [{ key: 'telemetry.sdk.language', value: 'python' }], droppedAttributesCount: 0 };
    const typeWith = (version: string) =>
      toObservation(withAttributes(attributes), python, scopeOf('langfuse-sdk', version)).type;
    expect([typeWith('3.3.0'), typeWith('3.4.0'), typeWith('4.0.0')]).toEqual(['generation', 'span', 'span']);
  });
});
