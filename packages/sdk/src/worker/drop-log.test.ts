import { describe, expect, it } from 'vitest';
import { DROP_REASONS, type DropReason } from '../ring/layout.js';
import { DROP_QUIET_MS, DropLog } from './drop-log.js';
import { ReachabilityLog } from './reachability-log.js';

const none = Object.fromEntries(Object.keys(DROP_REASONS).map((reason) => [reason, 0])) as Record<DropReason, number>;

describe('the drop log', () => {
  it('has one line when dropping starts and one with the total when it has ended', () => {
    const lines: string[] = [];
    const log = new DropLog((line) => lines.push(line));
    log.check(none, 0);
    for (let nowMs = 0; nowMs < 60_000; nowMs += 20) log.check({ ...none, ring_full: 3 + nowMs }, nowMs);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^dropping spans \(ring_full, 3 so far\): the buffer between/);
    log.check({ ...none, ring_full: 3 + 59_980 }, 59_980 + DROP_QUIET_MS - 1);
    expect(lines).toHaveLength(1);
    log.check({ ...none, ring_full: 3 + 59_980 }, 59_980 + DROP_QUIET_MS);
    expect(lines[1]).toBe('dropping has ended (ring_full): 59983 spans dropped');
  });

  it('tells each reason on its own, with the detail that it was given', () => {
    const lines: string[] = [];
    const log = new DropLog((line) => lines.push(line));
    log.explain('rejected', 'HTTP 400');
    log.check({ ...none, rejected: 1, too_large: 2 }, 0);
    expect(lines).toHaveLength(2);
    expect(lines[0]).toContain('HTTP 400');
    log.close();
    expect(lines).toHaveLength(4);
    log.close();
    expect(lines).toHaveLength(4);
  });

  it('does not tell again what a worker before it has told', () => {
    const lines: string[] = [];
    const log = new DropLog((line) => lines.push(line), { ...none, rejected: 5 });
    log.check({ ...none, rejected: 5 }, 0);
    expect(lines).toEqual([]);
    log.check({ ...none, rejected: 6 }, 0);
    expect(lines[0]).toContain('1 so far');
  });
});

describe('the reachability log', () => {
  it('has one line for an outage and one for its end', () => {
    const lines: string[] = [];
    const log = new ReachabilityLog((line) => lines.push(line), 'http://127.0.0.1:4318');
    for (let nowMs = 0; nowMs < 90_000; nowMs += 1_000) log.failed('ECONNREFUSED', nowMs);
    log.succeeded(90_000);
    log.succeeded(91_000);
    expect(lines).toEqual([
      'http://127.0.0.1:4318 does not take spans (ECONNREFUSED); they wait in memory and are sent again',
      'http://127.0.0.1:4318 takes spans again after 90.0 s',
    ]);
  });

  it('is not flooded by a backend that comes and goes', () => {
    const lines: string[] = [];
    const log = new ReachabilityLog((line) => lines.push(line), 'http://127.0.0.1:4318');
    for (let nowMs = 0; nowMs < 60_000; nowMs += 200) {
      log.failed('HTTP 503', nowMs);
      log.succeeded(nowMs + 100);
    }
    expect(lines.length).toBeLessThanOrEqual(4);
  });
});
