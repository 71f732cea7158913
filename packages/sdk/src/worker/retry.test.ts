import { encodeExportResponse } from '@slipstream/wire';
import { describe, expect, it } from 'vitest';
import { Backoff, judge, parseRetryAfter } from './retry.js';
import type { TransportOutcome } from './transport.js';

const NOW = Date.UTC(2026, 0, 1);

function answered(status: number, retryAfter?: string, body: Uint8Array = new Uint8Array(0)): TransportOutcome {
  return { kind: 'answered', status, contentType: '', retryAfter, isCollector: false, body };
}

describe('the verdict', () => {
  it('asks again for 429, 502, 503 and 504 alone', () => {
    const retried: number[] = [];
    for (let status = 100; status < 600; status++) {
      if (judge(answered(status), NOW).kind === 'retry') retried.push(status);
    }
    expect(retried).toEqual([429, 502, 503, 504]);
  });

  it('is delivered for every 2xx, and split for 413', () => {
    expect(judge(answered(202), NOW)).toEqual({ kind: 'delivered', rejectedCount: 0 });
    expect(judge(answered(413), NOW)).toEqual({ kind: 'split' });
  });

  it('asks again after a fault, and remembers whether the backend can have seen the batch', () => {
    const refused: TransportOutcome = { kind: 'failed', reason: 'ECONNREFUSED', hadConnection: false };
    expect(judge(refused, NOW)).toEqual({
      kind: 'retry',
      reason: 'ECONNREFUSED',
      afterMs: undefined,
      wasSeen: false,
    });
  });

  it('counts what a partial success rejects, never less than nothing', () => {
    const rejectedOf = (rejectedSpans: bigint) => {
      const body = encodeExportResponse({ partialSuccess: { rejectedSpans, errorMessage: '' } });
      return judge(answered(200, undefined, body), NOW);
    };
    expect(rejectedOf(3n)).toEqual({ kind: 'delivered', rejectedCount: 3 });
    expect(rejectedOf(-3n)).toEqual({ kind: 'delivered', rejectedCount: 0 });
  });

  it('repeats nothing of what the server said', () => {
    const body = Buffer.from('{"message":"bad key sk-secret in span"}');
    expect(JSON.stringify(judge(answered(400, undefined, body), NOW))).not.toContain('secret');
  });
});

describe('the verdict on what a Redis says', () => {
  const judgeReply = (refusal: string | undefined) => judge({ kind: 'replied', refusal }, NOW);

  it('is delivered where it took the batch', () => {
    expect(judgeReply(undefined)).toEqual({ kind: 'delivered', rejectedCount: 0 });
  });

  it.each(['LOADING', 'READONLY', 'CLUSTERDOWN', 'MASTERDOWN', 'TRYAGAIN', 'BUSY', 'NOREPLICAS', 'MISCONF'])(
    'asks again after %s, which passes',
    (refusal) => {
      expect(judgeReply(refusal)).toMatchObject({ kind: 'retry', reason: `Redis ${refusal}` });
    },
  );

  it.each(['WRONGTYPE', 'NOPERM', 'NOAUTH', 'WRONGPASS', 'MOVED', 'ERR'])('is rejected for %s', (refusal) => {
    expect(judgeReply(refusal)).toMatchObject({ kind: 'rejected', drop: 'rejected' });
  });

  it('is redis_full where there is no memory', () => {
    expect(judgeReply('OOM')).toMatchObject({ kind: 'rejected', drop: 'redis_full' });
  });
});

describe('Retry-After', () => {
  it.each([
    ['0', 0],
    ['3', 3_000],
    ['1.5', 1_500],
    ['300', 300_000],
    ['301', 300_000],
    ['99999999999999999999', 300_000],
    ['Thu, 01 Jan 2026 00:00:07 GMT', 7_000],
    ['Wed, 31 Dec 2025 23:59:00 GMT', 0],
    ['Fri, 01 Jan 2027 00:00:00 GMT', 300_000],
    ['', undefined],
    ['soon', undefined],
    ['-5', undefined],
    ['2026', 300_000],
    ['Thu, 99 Foo 2026 77:77:77 GMT', undefined],
  ])('%j is %s ms', (header, waitMs) => {
    expect(parseRetryAfter(header, NOW)).toBe(waitMs);
  });

  it('that is missing is none', () => {
    expect(parseRetryAfter(undefined, NOW)).toBeUndefined();
  });
});

describe('back-off', () => {
  const settings = { initialMs: 100, maxMs: 1_000 };

  it('draws from the whole interval, which doubles up to its limit', () => {
    const waits: number[] = [];
    const backoff = new Backoff(settings, () => 0.5);
    let nowMs = 0;
    for (let failure = 0; failure < 6; failure++) {
      backoff.failed(nowMs, undefined);
      const since = nowMs;
      while (!backoff.isReady(nowMs)) nowMs++;
      waits.push(nowMs - since);
    }
    expect(waits).toEqual([50, 100, 200, 400, 500, 500]);
  });

  it('counts failures at the same time as one', () => {
    const backoff = new Backoff(settings, () => 1);
    backoff.failed(0, undefined);
    backoff.failed(1, undefined);
    backoff.failed(2, undefined);
    expect(backoff.isReady(99)).toBe(false);
    expect(backoff.isReady(100)).toBe(true);
  });

  it('waits as long as the backend asks, through a flush, but not through the end', () => {
    const backoff = new Backoff(settings, () => 0);
    backoff.failed(0, 60_000);
    backoff.hurry(false);
    expect(backoff.isReady(59_999)).toBe(false);
    expect(backoff.isReady(60_000)).toBe(true);
    backoff.hurry(true);
    expect(backoff.isReady(1)).toBe(true);
  });

  it('begins short again after a success', () => {
    const backoff = new Backoff(settings, () => 1);
    for (let nowMs = 0; nowMs < 10_000; nowMs += 2_000) backoff.failed(nowMs, undefined);
    backoff.succeeded();
    expect(backoff.isFailing).toBe(false);
    backoff.failed(20_000, undefined);
    expect(backoff.isReady(20_100)).toBe(true);
  });
});
