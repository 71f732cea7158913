import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, expectTypeOf, it, vi } from 'vitest';
import { configure, getClient, type Observation, startActive } from '../src/index.js';
import { unhandledDuring } from './support/observing.js';
import { facts, useTracing } from './support/tracing.js';

const open = useTracing();

describe('startActive', () => {
  it('runs a function inside a new observation and gives back what it gives', async () => {
    const { client, spans } = await open();
    const result = client.startActive('outer', { type: 'agent', input: 'question', metadata: { a: 1 } }, (outer) => {
      expect(client.current?.id).toBe(outer.id);
      client.span({ name: 'inside' }).end();
      return outer.startActive('inner', (inner) => [client.current?.id === inner.id, inner.type]);
    });
    expect(result).toEqual([true, 'span']);
    expect(client.current).toBeUndefined();
    const { outer, inside, inner } = await spans();
    expect(facts(outer)).toMatchObject({
      'observation.type': 'agent',
      'observation.input': 'question',
      'observation.output': '[true,"span"]',
      'observation.metadata.a': 1n,
    });
    expect([inside?.parentSpanId, inner?.parentSpanId]).toEqual([outer?.spanId, outer?.spanId]);
  });

  it('ends when the result is complete, whatever it is', async () => {
    const { client, spans } = await open();
    const open_ = () => client.stats().open;
    expect(client.startActive('sync', () => 1)).toBe(1);
    expect(open_()).toBe(0);
    const promise = client.startActive('promise', async () => {
      await new Promise((resolve) => setImmediate(resolve));
      client.span({ name: 'after await' }).end();
      return 'done';
    });
    expect(open_()).toBe(1);
    expect(await promise).toBe('done');
    const generator = client.startActive('generator', function* () {
      yield 1;
      yield 2;
    });
    expect([open_(), [...generator], open_()]).toEqual([1, [1, 2], 0]);
    const tokens: string[] = [];
    for await (const token of client.startActive('async generator', async function* () {
      yield 'xin ';
      yield 'chào';
    }))
      tokens.push(token);
    await text(client.startActive('node stream', () => Readable.from(['a', 'b'])));
    await text(client.startActive('web stream', () => Readable.toWeb(Readable.from(['c', 'd'])) as ReadableStream));
    const all = await spans();
    expect(all['after await']?.parentSpanId).toBe(all.promise?.spanId);
    expect(Object.values(all).map((span) => [span.name, facts(span)['observation.output']])).toEqual([
      ['sync', '1'],
      ['after await', undefined],
      ['promise', 'done'],
      ['generator', '[1,2]'],
      ['async generator', 'xin chào'],
      ['node stream', 'ab'],
      ['web stream', 'cd'],
    ]);
  });

  it('records an error and throws the same one', async () => {
    const { client, spans } = await open();
    const error = new RangeError('too far');
    const fail = () => {
      throw error;
    };
    expect(() => client.startActive('sync', fail)).toThrow(error);
    await expect(client.startActive('async', async () => fail())).rejects.toBe(error);
    expect(
      await unhandledDuring(() => {
        void client.startActive('nobody', async () => fail());
      }),
    ).toEqual([error]);
    const all = await spans();
    for (const name of ['sync', 'async', 'nobody']) {
      expect(facts(all[name])).toMatchObject({
        'observation.level': 'ERROR',
        'observation.status_message': 'RangeError: too far',
      });
    }
  });

  it('leaves the end to the function where it asks for that, and notes its failure all the same', async () => {
    const { client, spans } = await open();
    const held = client.startActive('held', { endOnExit: false }, (span) => span);
    const failed: Observation[] = [];
    const fail = client.startActive('failed', { endOnExit: false }, async (span) => {
      failed.push(span);
      throw new Error('half-way');
    });
    await expect(fail).rejects.toThrow('half-way');
    expect(client.stats().open).toBe(2);
    held.end({ output: 'by hand' });
    failed[0]?.end();
    const all = await spans();
    expect(facts(all.held)['observation.output']).toBe('by hand');
    expect(facts(all.failed)).toMatchObject({ 'observation.level': 'ERROR' });
  });

  it('copies results as the call says, else as the client says', async () => {
    const { client, spans } = await open({ captureOutput: false });
    client.startActive('by default', (span) => span.startActive('child', () => 1));
    client.startActive('asked for', { captureOutput: true }, (span) => {
      span.startActive('child asked for', { captureOutput: true }, () => 3);
      return 2;
    });
    client.startActive('set inside', { captureOutput: true }, (span) => {
      span.update({ output: 'better' });
      return 'worse';
    });
    const all = await spans();
    const outputs = ['by default', 'child', 'asked for', 'child asked for', 'set inside'].map(
      (name) => facts(all[name])['observation.output'],
    );
    expect(outputs).toEqual([undefined, undefined, '2', '3', 'better']);
  });

  it('runs the function with nothing behind it while tracing is off', async () => {
    const { client } = await open({ enabled: false });
    const run = (span: Observation) => {
      span.update({ output: 1 }).score({ name: 'x', value: 1 });
      return span.startActive('inner', { type: 'tool' }, (inner) => inner.run(() => inner.agent({ name: 'x' }).type));
    };
    expect(client.startActive('off', run)).toBe('span');
    expect(client.stats().started).toBe(0);
  });

  it('without a function does nothing, and says so once', async () => {
    const { client } = await open();
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    const loose = client as unknown as { startActive(...args: unknown[]): unknown };
    expect([loose.startActive('x'), loose.startActive('x', {}), loose.startActive('x', {}, 'no function')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(client.stats()).toMatchObject({ started: 0, misplacedUpdates: 3 });
    expect(warn).toHaveBeenCalledOnce();
    warn.mockRestore();
  });

  it('has the type of its result', async () => {
    const { client } = await open({ enabled: false });
    expectTypeOf(client.startActive('x', () => 1)).toBeNumber();
    expectTypeOf(client.startActive('x', {}, async () => 'text')).resolves.toBeString();
    expectTypeOf(client.startActive('x', (span) => span)).toEqualTypeOf<Observation>();
    expectTypeOf(startActive<number>)
      .parameter(0)
      .toBeString();
  });

  it('belongs to the process as a function of its own', async () => {
    configure({ enabled: false });
    expect(startActive('x', { type: 'tool' }, (span) => span.startActive('y', () => getClient().enabled))).toBe(false);
  });
});
