import { describe, expect, expectTypeOf, it } from 'vitest';
import type { Client, Observation, ObservationStart, ObservationType } from '../src/index.js';
import { facts, useTracing } from './support/tracing.js';

const open = useTracing();

const TYPES = [
  'span',
  'generation',
  'agent',
  'tool',
  'chain',
  'retriever',
  'embedding',
  'evaluator',
  'guardrail',
] as const satisfies readonly ObservationType[];

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const SPAN_ID = 'b7ad6b7169203331';

describe('observations by hand', () => {
  it('are of ten types, on the client and on an observation', async () => {
    const { client, spans } = await open();
    const trace = client.trace({ name: 'trace' });
    for (const type of TYPES) {
      const below = trace[type]({ name: `${type} below` });
      expect([below.type, below.traceId]).toEqual([type, trace.traceId]);
      below.end({ output: type });
      client[type]({ name: `${type} alone` }).end();
      client.observation(type, { name: `${type} named` }).end();
    }
    trace.event({ name: 'event below' });
    client.event({ name: 'event alone' });
    client.observation('event', { name: 'event named' }).end();
    trace.end();
    const all = await spans();
    for (const type of [...TYPES, 'event']) {
      expect(facts(all[`${type} below`])['observation.type']).toBe(type);
      expect(all[`${type} below`]?.parentSpanId).toBe(trace.id);
      expect(facts(all[`${type} alone`])['observation.type']).toBe(type);
      expect(all[`${type} alone`]?.parentSpanId).toBe('');
      expect(facts(all[`${type} named`])['observation.type']).toBe(type);
    }
    expect(Object.keys(all)).toHaveLength(31);
  });

  it('carry every field, given at the start, in updates or at the end; later ones win', async () => {
    const { client, spans } = await open();
    const atStart = client.generation({
      name: 'at start',
      input: { question: 'xin chào?' },
      metadata: { a: 1, b: 1 },
      level: 'DEBUG',
      version: 'v1',
      model: 'gpt',
      modelParameters: { temperature: 0.5 },
      prompt: { name: 'greeting', version: 7 },
    });
    atStart.update({ metadata: { b: 2 }, output: 'first' }).update({ output: 'second', name: 'renamed' });
    atStart.end({ level: 'WARNING', statusMessage: 'slow', usageDetails: { input: 3 }, costDetails: { total: 0.1 } });
    const all = await spans();
    expect(facts(all.renamed)).toEqual({
      'observation.type': 'generation',
      'observation.input': '{"question":"xin chào?"}',
      'observation.output': 'second',
      'observation.metadata.a': 1n,
      'observation.metadata.b': 2n,
      'observation.level': 'WARNING',
      'observation.status_message': 'slow',
      'observation.model.name': 'gpt',
      'observation.model.parameters': '{"temperature":0.5}',
      'observation.usage_details': '{"input":3}',
      'observation.cost_details': '{"total":0.1}',
      'observation.prompt.name': 'greeting',
      'observation.prompt.version': 7n,
      version: 'v1',
    });
  });

  it('have the level that was set, and are errors only as such', async () => {
    const { client, spans } = await open();
    for (const level of ['DEBUG', 'DEFAULT', 'WARNING', 'ERROR'] as const) {
      client.span({ name: level, level, statusMessage: `is ${level}` }).end();
    }
    const all = await spans();
    const seen = ['DEBUG', 'DEFAULT', 'WARNING', 'ERROR'].map((level) => [
      facts(all[level])['observation.level'],
      all[level]?.status.code,
      facts(all[level])['observation.status_message'],
    ]);
    expect(seen).toEqual([
      ['DEBUG', 0, 'is DEBUG'],
      [undefined, 0, 'is DEFAULT'],
      ['WARNING', 0, 'is WARNING'],
      ['ERROR', 2, 'is ERROR'],
    ]);
  });

  it('link the prompt that was used, and not one that stood in for it', async () => {
    const { client, spans } = await open();
    const prompt = { name: 'greeting', version: 'production' };
    client.generation({ name: 'linked', prompt }).end();
    client.generation({ name: 'fallback', prompt: { ...prompt, isFallback: true } }).end();
    client.generation({ name: 'at the end' }).end({ prompt: { name: 'greeting', version: '12' } });
    const all = await spans();
    expect(facts(all.linked)).toMatchObject({
      'observation.prompt.name': 'greeting',
      'observation.prompt.version': 'production',
    });
    expect(facts(all.fallback)['observation.prompt.name']).toBeUndefined();
    expect(facts(all['at the end'])['observation.prompt.version']).toBe(12n);
  });

  it('have the times that were given, as dates or numbers, to the millisecond', async () => {
    const { client, spans } = await open();
    const base = Date.now() - 60_000;
    client.span({ name: 'dates', startTime: new Date(base) }).end({ endTime: new Date(base + 1500) });
    client
      .generation({ name: 'numbers', startTime: base })
      .end({ endTime: base + 2500, completionStartTime: base + 700 });
    client.generation({ name: 'token date', startTime: base }).end({ completionStartTime: new Date(base + 800) });
    client.event({ name: 'event', startTime: base + 10 });
    client.span({ name: 'backwards', startTime: base }).end({ endTime: base - 1000 });
    const all = await spans();
    const timesOf = (name: string) =>
      [all[name]?.startTimeUnixNano, all[name]?.endTimeUnixNano].map((ns) => Number(ns) / 1e6 - base);
    const near = (ms: number) => expect.closeTo(ms, -0.8);
    expect(timesOf('dates')).toEqual([near(0), near(1500)]);
    expect(timesOf('numbers')).toEqual([near(0), near(2500)]);
    expect(timesOf('event')).toEqual([near(10), near(10)]);
    const [begun, ended] = timesOf('backwards');
    expect(ended).toBe(begun);
    const firstToken = (name: string) =>
      Date.parse(String(facts(all[name])['observation.completion_start_time'])) - base;
    expect(firstToken('numbers')).toEqual(near(700));
    expect(firstToken('token date')).toEqual(near(800));
  });

  it('stand below the parent that was named: an observation, ids, none, or the active one', async () => {
    const { client, spans } = await open();
    const other = client.trace({ name: 'other' });
    client.startActive('active', (active) => {
      client.span({ name: 'below active' }).end();
      client.span({ name: 'below other', parent: other }).end();
      client.span({ name: 'below ids', parent: { traceId: TRACE_ID, spanId: SPAN_ID } }).end();
      client.span({ name: 'alone', parent: null }).end();
      client.event({ name: 'event below other', parent: other });
      client.span({ name: 'below nothing valid', parent: { traceId: 'x', spanId: 'y' } }).end();
      other.span({ name: 'moved', parent: active }).end();
      client.startActive('moved active', { parent: other }, () => client.span({ name: 'inside moved' }).end());
    });
    other.end();
    const all = await spans();
    const parentOf = (name: string) =>
      Object.values(all).find((span) => span.spanId === all[name]?.parentSpanId)?.name ?? all[name]?.parentSpanId;
    expect(parentOf('below active')).toBe('active');
    expect(parentOf('below other')).toBe('other');
    expect(parentOf('event below other')).toBe('other');
    expect(parentOf('below nothing valid')).toBe('active');
    expect(parentOf('moved')).toBe('active');
    expect(parentOf('moved active')).toBe('other');
    expect(parentOf('inside moved')).toBe('moved active');
    expect(all['below ids']).toMatchObject({ traceId: TRACE_ID, parentSpanId: SPAN_ID });
    expect(all.alone).toMatchObject({ parentSpanId: '' });
    expect(new Set([all.alone, all.active, all.other].map((span) => span?.traceId)).size).toBe(3);
  });

  it('end once, and count what comes after', async () => {
    const { client, sink } = await open();
    const span = client.span({ name: 'once' });
    span.end({ output: 'first' });
    span.end({ output: 'second' });
    span.update({ output: 'third' }).update({ output: 'fourth' });
    span.span({ name: 'late child' }).end();
    await client.flush();
    expect(sink.spans().map(({ name }) => name)).toEqual(['once', 'late child']);
    expect(facts(sink.spans()[0])['observation.output']).toBe('first');
    expect(client.stats()).toMatchObject({ started: 2, delivered: 2, lostUpdates: 2 });
  });

  it('keep what a wrong field does not spoil', async () => {
    const { client, spans } = await open();
    const wrong = {
      level: 'LOUD',
      prompt: null,
      completionStartTime: 'soon',
      statusMessage: 5,
      model: ['list'],
      usageDetails: 'many',
      metadata: 'text',
      startTime: 'yesterday',
      parent: 'nobody',
    };
    const loose = client as unknown as { generation(start: object): { end(fields?: unknown): void } };
    loose.generation({ name: 'wrong', output: 'kept', ...wrong }).end(null);
    loose.generation({ name: '', output: 'kept' }).end();
    const all = await spans();
    expect(facts(all.wrong)).toMatchObject({ 'observation.output': 'kept', 'observation.metadata.value': 'text' });
    expect(facts(all.generation)).toMatchObject({ 'observation.output': 'kept' });
  });

  it('are what their types say', () => {
    expectTypeOf<Client['generation']>().toEqualTypeOf<(start: ObservationStart) => Observation>();
    expectTypeOf<Observation['update']>().returns.toEqualTypeOf<Observation>();
    expectTypeOf<Parameters<Client['observation']>[0]>().toEqualTypeOf<ObservationType>();
    const typesOfCalls = (client: Client): void => {
      // @ts-expect-error an observation has a name
      client.span({ input: 1 });
      // @ts-expect-error no such type
      client.observation('spam', { name: 'x' });
      // @ts-expect-error no such field
      client.span({ name: 'x', outputs: 1 });
      // @ts-expect-error units are numbers
      client.generation({ name: 'x', usageDetails: { input: '3' } });
      // @ts-expect-error no such level
      client.span({ name: 'x', level: 'FATAL' });
      // @ts-expect-error a score has a value
      client.scoreCurrent({ name: 'x' });
    };
    expect(typesOfCalls).toBeTypeOf('function');
  });
});
