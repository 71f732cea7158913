import type { HistogramSnapshot } from './histogram.js';

export type Labels = Readonly<Record<string, string>>;

/** Writes the Prometheus text format, version 0.0.4. */
export interface MetricsWriter {
  counter(name: string, help: string, value: number | readonly (readonly [Labels, number])[]): void;
  gauge(name: string, help: string, value: number | readonly (readonly [Labels, number])[]): void;
  histogram(name: string, help: string, snapshot: HistogramSnapshot): void;
  toText(): string;
}

export const METRICS_CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

export function createMetricsWriter(): MetricsWriter {
  const lines: string[] = [];

  function head(name: string, help: string, type: string): void {
    lines.push(`# HELP ${name} ${escapeHelp(help)}`, `# TYPE ${name} ${type}`);
  }

  function samples(name: string, value: number | readonly (readonly [Labels, number])[]): void {
    const rows: readonly (readonly [Labels, number])[] = typeof value === 'number' ? [[{}, value]] : value;
    for (const [labels, number] of rows) lines.push(`${name}${formatLabels(labels)} ${formatNumber(number)}`);
  }

  return {
    counter(name, help, value) {
      head(name, help, 'counter');
      samples(name, value);
    },
    gauge(name, help, value) {
      head(name, help, 'gauge');
      samples(name, value);
    },
    histogram(name, help, { buckets, count, sumS }) {
      head(name, help, 'histogram');
      samples(
        `${name}_bucket`,
        buckets.map((bucket) => [{ le: formatNumber(bucket.boundS) }, bucket.count]),
      );
      samples(`${name}_sum`, sumS);
      samples(`${name}_count`, count);
    },
    toText: () => `${lines.join('\n')}\n`,
  };
}

function formatLabels(labels: Labels): string {
  const parts = Object.entries(labels).map(([key, value]) => `${key}="${escapeLabel(value)}"`);
  return parts.length === 0 ? '' : `{${parts.join(',')}}`;
}

function formatNumber(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  if (value === Number.NEGATIVE_INFINITY) return '-Inf';
  return String(value);
}

function escapeHelp(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}

function escapeLabel(text: string): string {
  return escapeHelp(text).replaceAll('"', '\\"');
}
