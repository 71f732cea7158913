import { describe, expect, it } from 'vitest';
import { ReplayCounter, statusLine } from './books.js';

const ANSWER = { kind: 'answered', targetWord: '', promptTokens: 1, completionTokens: 1 } as const;

describe('ReplayCounter', () => {
  it('gives percentiles of the newest five hundred calls', () => {
    const counter = new ReplayCounter();
    const call = (latencyMs: number) => {
      counter.callSent(false);
      counter.callEnded(ANSWER, latencyMs);
    };
    for (let index = 0; index < 400; index++) call(9_999);
    for (let index = 1; index <= 500; index++) call(index);
    expect(counter.books()).toMatchObject({ p50Ms: 251, p95Ms: 476, answered: 900 });
  });

  it('counts late calls', () => {
    const counter = new ReplayCounter();
    counter.callSent(true);
    counter.callSent(false);
    expect(counter.books()).toMatchObject({ late: 1, sent: 2, inFlight: 2 });
  });
});

describe('statusLine', () => {
  it('says everything in one line', () => {
    const counter = new ReplayCounter();
    counter.callSent(false);
    counter.callEnded({ kind: 'refused', status: 404 }, 1_500);
    const line = statusLine(counter.books(), 10_000);
    expect(line).toMatch(/^driver: 10 s · 1 calls \(0\.1\/s\)/);
    expect(line).toContain('1 refused');
    expect(line).not.toContain('\n');
  });
});
