import { context, propagation, trace } from '@opentelemetry/api';
import { isTracingSuppressed, suppressTracing, unsuppressTracing } from '@opentelemetry/core';
import { createClient, observe } from '@slipstream/sdk';
import { type Registration, register } from '@slipstream/sdk/otel';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Collector, startCollector } from './support/collector.js';

let collector: Collector;
let client: ReturnType<typeof createClient>;
let registration: Registration;

beforeEach(async () => {
  collector = await startCollector();
  client = createClient({ url: collector.url, batchAgeMs: 0 });
  registration = register({ client });
});
afterEach(async () => {
  registration.unregister();
  await client.shutdown();
  await collector.close();
});

it("suppressTracing stops OpenTelemetry's spans and headers over awaits, and not observations", async () => {
  const tracer = trace.getTracer('app');
  const outer = observe(
    () =>
      context.with(suppressTracing(context.active()), async () => {
        await null;
        expect(isTracingSuppressed(context.active())).toBe(true);
        await tracer.startActiveSpan('suppressed', async (span) => {
          expect(span.isRecording()).toBe(false);
          const headers = {};
          propagation.inject(context.active(), headers);
          expect(headers).toEqual({});
          await observe(async () => tracer.startSpan('suppressed too').end(), { name: 'observed', client })();
          context.with(unsuppressTracing(context.active()), () => tracer.startSpan('again').end());
          span.end();
        });
      }),
    { name: 'outer', client },
  );
  await outer();
  await client.flush();
  const spans = collector.spans();
  const root = spans.find(({ name }) => name === 'outer');
  expect(spans.map(({ name }) => name).sort()).toEqual(['again', 'observed', 'outer']);
  expect(spans.filter(({ parentSpanId }) => parentSpanId === root?.spanId)).toHaveLength(2);
});

it('baggage goes along with observations, and out to other services', () => {
  const baggage = propagation.createBaggage({ tenant: { value: 'school-7' } });
  context.with(propagation.setBaggage(context.active(), baggage), () => {
    observe(
      () => {
        expect(propagation.getActiveBaggage()?.getEntry('tenant')?.value).toBe('school-7');
        const headers: Record<string, string> = {};
        propagation.inject(context.active(), headers);
        expect(headers).toMatchObject({ baggage: 'tenant=school-7', traceparent: expect.stringMatching(/^00-/) });
      },
      { name: 'observed', client },
    )();
  });
});
