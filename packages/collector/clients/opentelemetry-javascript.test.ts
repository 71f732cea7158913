import { expect, it } from 'vitest';
import { checkTrace } from './support/check.js';
import { type ClientProgram, describeClient } from './support/installed.js';
import { openTelemetryLesson } from './support/opentelemetry-lesson.js';
import { grpcEnvironment, otlpEnvironment, record, recordRefusal } from './support/record.js';

const program = (exporter: string): ClientProgram => ({
  language: 'javascript',
  program: 'opentelemetry',
  args: [exporter],
});

const EXPORTERS = [
  { exporter: 'proto', environment: otlpEnvironment, refusal: /OTLPExporterError: Unauthorized/ },
  { exporter: 'json', environment: otlpEnvironment, refusal: /OTLPExporterError: Unauthorized/ },
  { exporter: 'grpc', environment: grpcEnvironment, refusal: /UNAUTHENTICATED/ },
];

for (const { exporter, environment, refusal } of EXPORTERS) {
  describeClient(`OpenTelemetry (JavaScript), ${exporter}`, program(exporter), () => {
    it('finds every field stored as it was told', async () => {
      const { stored, result } = await record(program(exporter), environment);
      expect(result.stderr).toBe('');
      // The library keeps its attributes in a plain object, where a `__proto__` is lost before it is sent.
      checkTrace(stored, openTelemetryLesson(result.told, { exception: {} }), result);
    });

    it('shows its own error for a wrong key, and nothing is stored', async () => {
      const { result, traceIds } = await recordRefusal(program(exporter), environment);
      expect(traceIds).toEqual([]);
      expect(result.stderr).toMatch(refusal);
    });
  });
}
