import { expect, it } from 'vitest';
import { checkTrace } from './support/check.js';
import { resourceWith } from './support/expectation.js';
import { type ClientProgram, describeClient } from './support/installed.js';
import { openTelemetryLesson } from './support/opentelemetry-lesson.js';
import { grpcEnvironment, otlpEnvironment, record, recordRefusal } from './support/record.js';

const program = (exporter: string): ClientProgram => ({
  language: 'python',
  program: 'opentelemetry_sdk',
  requirements: 'opentelemetry',
  args: [exporter],
});

const EXPORTERS = [
  { exporter: 'http', environment: otlpEnvironment, refusal: /401/ },
  { exporter: 'grpc', environment: grpcEnvironment, refusal: /UNAUTHENTICATED/ },
];

for (const { exporter, environment, refusal } of EXPORTERS) {
  describeClient(`OpenTelemetry (Python), ${exporter}`, program(exporter), () => {
    it('finds every field stored as it was told', async () => {
      const { stored, result } = await record(program(exporter), environment);
      expect(result.stderr).toBe('');
      const expected = openTelemetryLesson(result.told, {
        exception: {
          'exception.stacktrace': expect.stringMatching(/^Traceback.*bài-13/s),
          'exception.escaped': 'False',
        },
        metadata: {
          'attributes.__proto__': 'một khoá',
          ...resourceWith({ 'telemetry.sdk.language': 'python', 'telemetry.sdk.name': 'opentelemetry' }),
        },
      });
      checkTrace(stored, expected, result);
    });

    it('shows its own error for a wrong key, and nothing is stored', async () => {
      const { result, traceIds } = await recordRefusal(program(exporter), environment);
      expect(traceIds).toEqual([]);
      expect(result.stderr).toMatch(refusal);
    });
  });
}
