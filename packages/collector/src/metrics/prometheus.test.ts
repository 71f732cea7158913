import { describe, expect, it } from 'vitest';
import { createHistogram } from './histogram.js';
import { createMetricsWriter } from './prometheus.js';

describe('the metrics writer', () => {
  it('writes counters and gauges, with and without labels', () => {
    const writer = createMetricsWriter();
    writer.counter('requests_total', 'Requests.', 3);
    writer.gauge('backlog', 'Entries.', [[{ destination: 'store' }, 0.5]]);
    expect(writer.toText()).toBe(
      '# HELP requests_total Requests.\n# TYPE requests_total counter\nrequests_total 3\n' +
        '# HELP backlog Entries.\n# TYPE backlog gauge\nbacklog{destination="store"} 0.5\n',
    );
  });

  it('escapes label values and help texts', () => {
    const writer = createMetricsWriter();
    writer.gauge('x', 'a\\b\nc', [[{ label: 'q"\\\n' }, 1]]);
    expect(writer.toText()).toContain('# HELP x a\\\\b\\nc\n');
    expect(writer.toText()).toContain('x{label="q\\"\\\\\\n"} 1\n');
  });

  it('writes a histogram with rising counts', () => {
    const histogram = createHistogram();
    for (const durationMs of [0.25, 3, 3, 60_000]) histogram.observe(durationMs);
    const writer = createMetricsWriter();
    writer.histogram('commit_seconds', 'Commits.', histogram.snapshot());
    const text = writer.toText();
    expect(text).toContain('commit_seconds_bucket{le="0.00025"} 1\n');
    expect(text).toContain('commit_seconds_bucket{le="0.0025"} 1\n');
    expect(text).toContain('commit_seconds_bucket{le="0.005"} 3\n');
    expect(text).toContain('commit_seconds_bucket{le="5"} 3\n');
    expect(text).toContain('commit_seconds_bucket{le="+Inf"} 4\n');
    expect(text).toContain('commit_seconds_sum 60.00625\ncommit_seconds_count 4\n');
  });
});
