import { describe, expect, it, vi } from 'vitest';
import { namesOf, useForwarding } from '../../../test/support/forwarding.js';
import { makeSpan } from '../../../test/support/spans.js';

const forwarding = useForwarding();
const { signal } = new AbortController();

describe('a replay of dead letters', () => {
  it('delivers what the backend takes now, and keeps what it still refuses', async () => {
    let refused = ['a', 'b', 'c'];
    const sink = await forwarding.sink({
      decide: (spans) =>
        spans.some(({ name }) => refused.includes(name)) ? { kind: 'status', status: 400, message: 'no' } : undefined,
    });
    await forwarding.append(...['a', 'b', 'c', 'd'].map((name) => makeSpan({ name })));
    const destination = await forwarding.start({ url: sink.url });
    await forwarding.isDone();
    expect(await destination.deadLetters()).toMatchObject({ entries: 3, reasons: { 'HTTP 400: no': 3 } });
    refused = ['b'];
    const result = await destination.replay({ maxEntries: 100, signal });
    expect(result).toEqual({ delivered: 2, failed: 1, remaining: 1 });
    expect((await forwarding.letters()).map(({ spans }) => namesOf(spans))).toEqual([['b']]);
    expect(sink.uniqueSpanCount()).toBe(3);
  });

  it('keeps of a letter what is refused of it', async () => {
    let isBroken = true;
    const sink = await forwarding.sink({
      decide: (spans) => {
        if (isBroken) return { kind: 'status', status: 500 };
        return spans.some(({ name }) => name === 'bad') ? { kind: 'status', status: 400 } : undefined;
      },
    });
    await forwarding.append(...['a', 'bad', 'b'].map((name) => makeSpan({ name })));
    const destination = await forwarding.start({ url: sink.url });
    await forwarding.isDone();
    expect(await destination.deadLetters()).toMatchObject({ entries: 1 });
    isBroken = false;
    expect(await destination.replay({ maxEntries: 1, signal })).toEqual({ delivered: 0, failed: 1, remaining: 1 });
    expect([...namesOf(sink.spans())].sort()).toEqual(['a', 'b']);
    expect((await forwarding.letters()).map(({ spans }) => namesOf(spans))).toEqual([['bad']]);
  });

  it('ends at once when the backend is away, and changes nothing', async () => {
    const sink = await forwarding.sink({ script: [{ kind: 'status', status: 500 }] });
    await forwarding.append(makeSpan());
    const destination = await forwarding.start({ url: sink.url });
    await forwarding.isDone();
    await sink.close();
    expect(await destination.replay({ maxEntries: 10, signal })).toEqual({ delivered: 0, failed: 0, remaining: 1 });
    expect(destination.stats().deadLetteredEntries).toBe(1);
  });

  it('runs beside the loop', async () => {
    const sink = await forwarding.sink({ script: [{ kind: 'status', status: 500 }] });
    await forwarding.append(makeSpan({ name: 'letter' }));
    const destination = await forwarding.start({ url: sink.url });
    await forwarding.isDone();
    sink.enqueue({ kind: 'delay', delayMs: 100 });
    const replaying = destination.replay({ maxEntries: 10, signal });
    await vi.waitFor(() => expect(sink.stats().requests).toBe(2));
    await forwarding.append(makeSpan({ name: 'new' }));
    await forwarding.isDone();
    expect(await replaying).toMatchObject({ delivered: 1 });
    expect(sink.uniqueSpanCount()).toBe(2);
  });
});
