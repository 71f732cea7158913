import { describe, expect, it } from 'vitest';
import { makeBooks, makeStatus } from '../../test/status-fixture.js';
import { createPaint } from '../terminal/colour.js';
import { checkBooks } from './balance.js';
import { formatReport } from './report.js';

const plain = createPaint(false);

function report(status = makeStatus(), paint = plain): string {
  return formatReport(status, checkBooks(status), paint);
}

describe('formatReport', () => {
  it('lines up the books of processes, of collector, queue and store', () => {
    const other = makeBooks({
      instanceId: 'instance-2',
      service: 'worker',
      pid: 7,
      final: false,
      started: 12_345,
      delivered: 12_335,
      dropped: {},
      open: 4,
    });
    const status = makeStatus({
      processes: [makeBooks(), other],
      receiver: { acceptedSpans: 12_425, refused: { '413': 2, '400': 0 }, rejectedSpans: 1 },
      store: { spans: 12_425, spansByInstance: { 'instance-1': 90, 'instance-2': 12_335 } },
    });
    expect(report(status)).toBe(
      [
        'service        pid  state         started  open  sampled out  dropped  pending  delivered  stored  books',
        'robot-lesson  4242  ended             100     1            4        3        2         90      90  balanced',
        '  dropped: ring_full 3',
        'worker           7  seen 2 s ago   12,345     4            4        0        2     12,335  12,335  balanced',
        '',
        'collector  0.1.0, up 2 min 0 s: 12,425 spans accepted in 7 requests, 1 span rejected, 2 refused with 413',
        'queue      0 entries on their way to the store, 4.0 KiB',
        'store      12,425 spans in 15 traces, 1 running, 0 came twice, 1.5 MiB',
        '',
        'The books balance.',
        '',
      ].join('\n'),
    );
  });

  it('says below a process what is missing', () => {
    const text = report(makeStatus({ store: { spansByInstance: { 'instance-1': 80 } } }));
    expect(text).toMatch(/ unbalanced\n {2}10 delivered and not in the store\n/);
    expect(text).toMatch(/The books do not balance\.\n$/);
  });

  it('says so where no process has reported', () => {
    expect(report(makeStatus({ processes: [] }))).toMatch(/^No process has reported its books yet\.\n/);
  });

  it('paints only the verdict, and nothing where colours are off', () => {
    expect(report(makeStatus(), createPaint(true))).toContain('\u001b[32mbalanced\u001b[39m\n');
    expect(report()).not.toContain('\u001b');
  });

  it('keeps control characters of a service name away from the terminal', () => {
    const text = report(makeStatus({ processes: [makeBooks({ service: 'a\u001b[2J\r\nb\u202e' })] }));
    expect(text).toContain('a\u{fffd}[2J\u{fffd}\u{fffd}b\u{fffd}');
    expect(text).not.toContain('\u001b');
  });
});
