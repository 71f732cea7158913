import { describe, expect, it, vi } from 'vitest';
import { booked, namesOf, useForwarding } from '../../../test/support/forwarding.js';
import { makeSpan, newTraceId } from '../../../test/support/spans.js';

const forwarding = useForwarding();
const failed = { status: { code: 2, message: 'no' } };

describe('a forward destination that samples', () => {
  it('sends what is kept, counts what is left out, and then lets the queue go', async () => {
    const sink = await forwarding.sink();
    const [kept, left] = [newTraceId(), newTraceId()];
    const sampling = { sampleRate: 0, keepErrors: true, decisionWaitMs: 300 };
    const destination = await forwarding.start({ url: sink.url, sampling });
    await forwarding.append(makeSpan({ name: 'a', traceId: kept }), makeSpan({ name: 'x', traceId: left }));
    await forwarding.append(makeSpan({ name: 'b', traceId: kept, ...failed }));
    await vi.waitFor(() => expect(namesOf(sink.spans())).toEqual(['a', 'b']));
    expect(forwarding.queue().stats().backlog).toEqual({ backend: 2 });
    await forwarding.isDone();
    expect(destination.stats()).toMatchObject({ deliveredSpans: 2, sampledOutSpans: 1, deliveredEntries: 2 });
    expect(booked(destination.stats())).toBe(3);
  });

  it('gets undecided traces again after a restart, and decides on the whole of them', async () => {
    const sink = await forwarding.sink();
    const traceId = newTraceId();
    const sampling = { sampleRate: 0, keepErrors: true, decisionWaitMs: 60_000 };
    const before = await forwarding.start({ url: sink.url, sampling });
    await forwarding.append(makeSpan({ name: 'a', traceId }));
    await forwarding.append(makeSpan({ name: 'other' }));
    await before.stop(1000);
    expect([before.stats().sampledOutSpans, sink.stats().requests]).toEqual([0, 0]);
    await forwarding.start({ url: sink.url, sampling });
    await forwarding.append(makeSpan({ name: 'b', traceId, ...failed }));
    await vi.waitFor(() => expect(namesOf(sink.spans())).toEqual(['a', 'b']));
  });
});
