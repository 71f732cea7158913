import { isThenable } from './contract.js';
import { toAttributeText } from './peer-module.js';

interface OtelSpan {
  isRecording(): boolean;
  setAttribute(key: string, value: string): void;
  recordException(error: Error): void;
  end(): void;
}

/** What the lab uses of a tracer of OpenTelemetry's API, whoever registered it. */
export interface OtelTracer {
  startActiveSpan<Result>(name: string, work: (span: OtelSpan) => Result): Result;
}

/** `while-recording`: only where the span is kept, which an application asks that samples. */
export type OtelCapture = boolean | 'while-recording';

/** Makes a span around each call; OpenTelemetry captures nothing by itself, so that both values become attributes. */
export function wrapInSpan<Input, Output>(
  tracer: OtelTracer,
  name: string,
  work: (input: Input) => Output,
  capture: OtelCapture,
): (input: Input) => Output {
  const captures = (span: OtelSpan): boolean => (capture === 'while-recording' ? span.isRecording() : capture);
  const finish = (span: OtelSpan, output: unknown): void => {
    if (captures(span)) span.setAttribute('output.value', toAttributeText(output));
    span.end();
  };
  const fail = (span: OtelSpan, error: unknown): never => {
    span.recordException(error instanceof Error ? error : new Error(String(error)));
    span.end();
    throw error;
  };
  return (input) =>
    tracer.startActiveSpan(name, (span) => {
      if (captures(span)) span.setAttribute('input.value', toAttributeText(input));
      try {
        const output = work(input);
        if (!isThenable(output)) {
          finish(span, output);
          return output;
        }
        return output.then(
          (value) => {
            finish(span, value);
            return value;
          },
          (error) => fail(span, error),
        ) as Output;
      } catch (error) {
        return fail(span, error);
      }
    });
}
