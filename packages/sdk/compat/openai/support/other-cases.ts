import type OpenAI from 'openai-6';
import {
  CALL_ITEM,
  callEvents,
  completion,
  embeddings,
  HELLO_CHUNKS,
  refused,
  response,
  responseEvents,
} from './answers.js';
import { QUESTION } from './chat-cases.js';
import type { ParityCase } from './parity.js';
import { classesOf, drained, seen } from './seen.js';

const ASKED = { model: 'gpt-asked', input: 'Xin chào?' };
const ASKED_STREAM = { ...ASKED, stream: true as const };
const whole = () => ({ json: response() });
const streamed = (events: readonly unknown[]) => () => ({ events, named: true });

/** The Responses API. */
export const RESPONSE_CASES: ParityCase[] = [
  {
    name: 'a whole response with its output_text',
    script: whole,
    run: async ({ client }) => {
      const answer = await client.responses.create(ASKED);
      return { answer, text: answer.output_text, id: answer._request_id };
    },
  },
  {
    name: 'withResponse and asResponse',
    script: whole,
    run: async ({ client }) => {
      const { data, response: raw } = await client.responses.create(ASKED).withResponse();
      return { data, status: raw.status, text: await (await client.responses.create(ASKED).asResponse()).text() };
    },
  },
  {
    name: 'a stream of events',
    script: streamed(responseEvents()),
    run: async ({ client }) => {
      const stream = await client.responses.create(ASKED_STREAM);
      return { classes: classesOf(stream), keys: Object.getOwnPropertyNames(stream), read: await drained(stream) };
    },
  },
  {
    name: 'tool calls, whole and streamed',
    script: (_, index) =>
      index === 0 ? { json: response({ output: [CALL_ITEM] }) } : { events: callEvents(), named: true },
    run: async ({ client }) => [
      await client.responses.create(ASKED),
      await drained(await client.responses.create(ASKED_STREAM)),
    ],
  },
  ...['response.failed', 'response.incomplete'].map(
    (last): ParityCase => ({
      name: `a stream that ends with ${last}`,
      script: streamed(responseEvents(last, { status: last.slice('response.'.length) })),
      run: async ({ client }) => drained(await client.responses.create(ASKED_STREAM)),
    }),
  ),
  {
    name: 'an error event',
    script: streamed([responseEvents()[0], { type: 'error', code: 'server_error', message: 'broke', param: null }]),
    run: async ({ client }) => drained(await client.responses.create(ASKED_STREAM)),
  },
  {
    name: 'an early break',
    script: () => ({ events: responseEvents().slice(0, 6), named: true, ends: 'hold' }),
    run: async ({ client, server }) => {
      const stream = await client.responses.create(ASKED_STREAM);
      const types: string[] = [];
      for await (const event of stream) {
        types.push(event.type);
        if (event.type === 'response.output_text.delta') break;
      }
      await server.abandoned();
      return { types, aborted: stream.controller.signal.aborted };
    },
  },
  {
    name: 'stream() and its final response',
    script: streamed(responseEvents()),
    run: async ({ client }) => {
      const stream = client.responses.stream(ASKED);
      const types: string[] = [];
      stream.on('event', ({ type }) => void types.push(type));
      return { classes: classesOf(stream), types, final: await stream.finalResponse() };
    },
  },
  {
    name: 'parse()',
    script: () => ({ json: response({ output: [textItem('{"word":"táo"}')] }) }),
    run: async ({ client }) => {
      const format = { type: 'json_schema' as const, name: 'word', schema: { type: 'object' } };
      return (await client.responses.parse({ ...ASKED, text: { format } })).output_parsed;
    },
  },
  {
    name: 'a refused request',
    script: () => ({ status: 400, json: refused('bad') }),
    run: ({ client }) => seen(client.responses.create(ASKED)),
  },
  {
    name: 'retrieve, which is no call of a model',
    script: whole,
    run: ({ client }) => client.responses.retrieve('resp_1'),
  },
];

function textItem(text: string): object {
  return {
    id: 'm',
    type: 'message',
    role: 'assistant',
    status: 'completed',
    content: [{ type: 'output_text', text, annotations: [] }],
  };
}

const EMBED = { model: 'embed-asked', input: ['một', 'hai'] };
const SOUND = Buffer.from('RIFF');

/** The other methods that call a model. */
export const METHOD_CASES: ParityCase[] = [
  {
    name: 'embeddings, decoded by the library',
    script: () => ({ json: embeddings('base64') }),
    run: ({ client }) => client.embeddings.create(EMBED),
  },
  {
    name: 'embeddings in the format that was asked for',
    script: ({ body }) => ({ json: embeddings(body.includes('base64') ? 'base64' : 'float') }),
    run: async ({ client }) => [
      await client.embeddings.create({ ...EMBED, encoding_format: 'float' }),
      await client.embeddings
        .create({ ...EMBED, encoding_format: 'base64' })
        .withResponse()
        .then(({ data }) => data),
    ],
  },
  {
    name: 'completions, whole and streamed',
    script: (_, index) => {
      const choices = [{ index: 0, text: 'once', finish_reason: 'stop', logprobs: null }];
      const body = { id: 'cmpl-1', object: 'text_completion', created: 1, model: 'gpt-served', choices };
      return index === 0 ? { json: body } : { events: [body, body] };
    },
    run: async ({ client }) => [
      await client.completions.create({ model: 'm', prompt: 'p' }),
      await drained(await client.completions.create({ model: 'm', prompt: 'p', stream: true })),
    ],
  },
  {
    name: 'images',
    script: () => ({ json: { created: 1, data: [{ b64_json: 'AAAA' }] } }),
    run: ({ client }) => client.images.generate({ model: 'm', prompt: 'a cat' }),
  },
  {
    name: 'speech, whose body is left to the caller',
    script: () => ({ text: 'SOUND', headers: { 'content-type': 'audio/mpeg' } }),
    run: async ({ client }) => {
      const sound = await client.audio.speech.create({ model: 'm', input: 'chào', voice: 'alloy' });
      return {
        classes: classesOf(sound),
        names: Object.getOwnPropertyNames(sound),
        used: sound.bodyUsed,
        text: await sound.text(),
      };
    },
  },
  {
    name: 'transcriptions and translations, sent as forms',
    script: () => ({ json: { text: 'xin chào', usage: { type: 'duration', seconds: 2 } } }),
    run: async ({ client, library }) => {
      const { toFile } = await import(`${library.name}/uploads`);
      const file = await toFile(SOUND, 'a.wav');
      return [
        await client.audio.transcriptions.create({ model: 'whisper-1', file }),
        await client.audio.translations.create({ model: 'whisper-1', file }),
      ];
    },
  },
  {
    name: 'moderations',
    script: () => ({ json: { id: 'modr-1', model: 'mod-served', results: [{ flagged: false }] } }),
    run: ({ client }) => client.moderations.create({ input: 'x' }),
  },
  {
    name: 'methods that call no model',
    script: () => ({ json: { object: 'list', data: [{ id: 'm', object: 'model' }] } }),
    run: async ({ client }) => (await client.models.list()).data,
  },
];

const hello = () => ({ json: completion({ content: 'Xin chào!' }) });

function sameTwice(read: () => unknown): boolean {
  const first = read();
  return read() === first;
}

/** The client itself. */
export const CLIENT_CASES: ParityCase[] = [
  {
    name: 'resources and methods: identity, name, length, enumerable keys',
    script: hello,
    run: ({ client }) => ({
      same: sameTwice(() => client.chat) && sameTwice(() => client.chat.completions.create),
      create: [client.chat.completions.create.name, client.chat.completions.create.length],
      keys: [client, client.chat, client.chat.completions, client.responses].map((each) => Object.keys(each)),
      classes: classesOf(client),
      json: JSON.stringify(Object.keys({ ...client.chat.completions })),
    }),
  },
  {
    name: 'withOptions',
    script: hello,
    run: async ({ client }) => {
      const derived = client.withOptions({ maxRetries: 1, defaultHeaders: { 'x-mine': '1' } });
      return {
        classes: classesOf(derived),
        other: derived !== client,
        answer: await derived.chat.completions.create(QUESTION),
      };
    },
  },
  {
    name: 'AzureOpenAI, whole and streamed',
    script: (_, index) => (index === 0 ? hello() : { events: HELLO_CHUNKS }),
    make: ({ AzureOpenAI }, settings) =>
      new AzureOpenAI({ ...settings, apiVersion: '2024-10-01', deployment: undefined } as never),
    run: async ({ client }) => [
      await client.chat.completions.create(QUESTION),
      await drained(await client.chat.completions.create({ ...QUESTION, stream: true })),
    ],
  },
  {
    name: 'many calls side by side',
    script: ({ body }) => ({ json: completion({ content: /n-\d+/.exec(body)?.[0] }) }),
    run: async ({ client }) => {
      const ask = (index: number) =>
        client.chat.completions.create({ ...QUESTION, messages: [{ role: 'user', content: `n-${index}` }] });
      const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => ask(index)));
      return answers.map(({ choices }: OpenAI.Chat.ChatCompletion) => choices[0]?.message.content);
    },
  },
  {
    name: 'a request whose objects are frozen, and one that is changed after the call',
    script: hello,
    run: async ({ client }) => {
      const frozen = Object.freeze({ ...QUESTION, messages: Object.freeze([...QUESTION.messages]) });
      const answer = await client.chat.completions.create(frozen as never);
      const body = { ...QUESTION, messages: [...QUESTION.messages] };
      const promise = client.chat.completions.create(body);
      body.messages.push({ role: 'user', content: 'later' });
      return [answer, await promise];
    },
  },
];
