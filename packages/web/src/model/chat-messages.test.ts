import { describe, expect, test } from 'vitest';
import { readChat } from './chat-messages.js';

describe('chat messages', () => {
  test('a list of roles and contents', () => {
    const chat = readChat([
      { role: 'system', content: 'Be kind.' },
      { role: 'user', name: 'An', content: 'Chào' },
    ]);
    expect(chat).toEqual([
      { role: 'system', name: undefined, parts: [{ kind: 'text', text: 'Be kind.' }] },
      { role: 'user', name: 'An', parts: [{ kind: 'text', text: 'Chào' }] },
    ]);
  });

  test('a request body, one message, and the choices of a completion', () => {
    const message = { role: 'assistant', content: 'x' };
    const parts = [{ kind: 'text', text: 'x' }];
    expect(readChat({ model: 'm', messages: [message] })?.[0]?.parts).toEqual(parts);
    expect(readChat(message)?.[0]?.parts).toEqual(parts);
    expect(readChat({ choices: [{ index: 0, message }] })?.[0]?.parts).toEqual(parts);
  });

  test('tool calls and results of both large dialects', () => {
    const calls = readChat([
      { role: 'assistant', content: null, tool_calls: [{ function: { name: 'f', arguments: '{"a":1}' } }] },
      { role: 'assistant', content: [{ type: 'tool_use', name: 'g', input: { b: 2 } }] },
      { role: 'tool', content: 'done' },
      { role: 'user', content: [{ type: 'tool_result', content: 'ok' }] },
    ]);
    expect(calls?.map((message) => message.parts[0])).toEqual([
      { kind: 'tool-call', name: 'f', arguments: '{"a":1}' },
      { kind: 'tool-call', name: 'g', arguments: '{"b":2}' },
      { kind: 'tool-result', text: 'done' },
      { kind: 'tool-result', text: 'ok' },
    ]);
  });

  test("OpenTelemetry's parts, and reasoning", () => {
    const chat = readChat([
      {
        role: 'assistant',
        parts: [
          { type: 'reasoning', content: 'hm' },
          { type: 'text', content: 'yes' },
        ],
      },
      { role: 'assistant', reasoning_content: 'first', content: 'then' },
    ]);
    expect(chat?.[0]?.parts).toEqual([
      { kind: 'reasoning', text: 'hm' },
      { kind: 'text', text: 'yes' },
    ]);
    expect(chat?.[1]?.parts.map((part) => part.kind)).toEqual(['reasoning', 'text']);
  });

  test('media are named and never kept as an address', () => {
    const url = 'https://elsewhere.example/spy.png';
    const chat = readChat([{ role: 'user', content: [{ type: 'image_url', image_url: { url } }] }]);
    expect(chat?.[0]?.parts[0]).toMatchObject({ kind: 'media', label: 'image url' });
    expect(JSON.stringify(chat)).not.toContain('elsewhere');
  });

  test('anything else is not a chat, nor is a list that is one only in part', () => {
    for (const value of [
      null,
      5,
      'x',
      {},
      [],
      [1],
      [{ id: 1 }],
      [{ role: 'user', content: 'x' }, { id: 2 }],
      { role: 'admin' },
    ]) {
      expect(readChat(value)).toBeUndefined();
    }
  });
});
