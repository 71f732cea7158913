import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IdSource, traceIdToHex } from './ids.js';
import { formatTraceparent, readTraceContext } from './trace-context.js';

const always = (): boolean => true;
const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const SPAN_ID = 'b7ad6b7169203331';

describe('W3C trace context', () => {
  it('comes back out as it came in', () => {
    const parent = readTraceContext({ traceparent: `00-${TRACE_ID}-${SPAN_ID}-01`, tracestate: 'a=1' }, always);
    expect(parent).toBeDefined();
    expect(formatTraceparent(parent!.trace, parent!.high, parent!.low)).toBe(`00-${TRACE_ID}-${SPAN_ID}-01`);
    expect(parent!.trace.traceState).toBe('a=1');
  });

  it.each([
    ['no header', undefined],
    ['an all-zero trace id', `00-${'0'.repeat(32)}-${SPAN_ID}-01`],
    ['an all-zero span id', `00-${TRACE_ID}-${'0'.repeat(16)}-01`],
    ['upper case', `00-${TRACE_ID.toUpperCase()}-${SPAN_ID}-01`],
    ['version ff', `ff-${TRACE_ID}-${SPAN_ID}-01`],
    ['a fifth field in version 00', `00-${TRACE_ID}-${SPAN_ID}-01-more`],
    ['a header of a megabyte', `01-${TRACE_ID}-${SPAN_ID}-01-${'x'.repeat(1_000_000)}`],
  ])('is ignored for %s', (_, traceparent) => {
    expect(readTraceContext({ traceparent }, always)).toBeUndefined();
  });

  it('takes later versions with further fields', () => {
    expect(readTraceContext({ traceparent: `01-${TRACE_ID}-${SPAN_ID}-01-what` }, always)).toBeDefined();
  });

  it('never throws, whatever the header', () => {
    fc.assert(
      fc.property(fc.string(), (traceparent) => {
        readTraceContext({ traceparent, tracestate: traceparent }, always);
      }),
    );
  });
});

describe('ids', () => {
  it('do not repeat, and are spread over all words', () => {
    const ids = new IdSource();
    const seen = new Set<string>();
    for (let index = 0; index < 20_000; index++) {
      const [word0, word1, word2, word3] = [ids.next(), ids.next(), ids.next(), ids.nextNonZero()];
      seen.add(traceIdToHex({ word0, word1, word2, word3, sampled: true, traceState: undefined }));
    }
    expect(seen.size).toBe(20_000);
    for (let digit = 0; digit < 32; digit += 8) {
      const first = new Set([...seen].map((id) => id[digit]));
      expect(first.size).toBe(16);
    }
  });
});
