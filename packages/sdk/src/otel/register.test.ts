import { context, propagation, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { recordOtel } from '../../test/support/otel-recording.js';
import { SlipstreamTracerProvider } from './provider.js';
import { type Registration, register } from './register.js';
import { SlipstreamTracer } from './tracer.js';

const registrations: Registration[] = [];

function registered(options?: Parameters<typeof register>[0]): Registration {
  const registration = register(options);
  registrations.push(registration);
  return registration;
}

afterEach(() => {
  for (const { unregister } of registrations.splice(0)) unregister();
  vi.restoreAllMocks();
  trace.disable();
  context.disable();
  propagation.disable();
});

describe('register', () => {
  it('makes the global tracer, context and propagation ours, also for tracers that were got before', () => {
    const otel = recordOtel();
    const early = trace.getTracer('early', '1');
    expect(registered({ client: otel.client }).isRegistered).toBe(true);
    early.startActiveSpan('op', (span) => {
      expect(trace.getActiveSpan()).toBe(span);
      const headers: Record<string, string> = {};
      propagation.inject(context.active(), headers);
      expect(headers.traceparent).toBe(`00-${span.spanContext().traceId}-${span.spanContext().spanId}-01`);
      span.end();
    });
    expect(otel.exported()).toMatchObject([{ name: 'op', scope: { name: 'early', version: '1' } }]);
  });

  it('gives everything back, and can be called again', () => {
    const otel = recordOtel();
    const first = registered({ client: otel.client });
    first.unregister();
    first.unregister();
    expect(trace.getTracer('t').startSpan('op').isRecording()).toBe(false);
    expect(context.active()).toBe(ROOT_CONTEXT);
    expect(propagation.fields()).toEqual([]);
    expect(registered({ client: otel.client }).isRegistered).toBe(true);
    first.unregister();
    expect(trace.getTracer('t').startSpan('op').isRecording()).toBe(true);
  });

  it('called twice stays as it is', () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    const first = registered();
    const second = registered();
    expect([second.isRegistered, second.provider]).toEqual([true, first.provider]);
    expect(warn).not.toHaveBeenCalled();
  });

  it('changes nothing where another SDK is registered, and says once what to do', () => {
    const warnings: string[] = [];
    vi.spyOn(process, 'emitWarning').mockImplementation((message) => void warnings.push(String(message)));
    const theirs = { getTracer: vi.fn() };
    trace.setGlobalTracerProvider(theirs as never);
    for (let round = 0; round < 2; round++) expect(registered().isRegistered).toBe(false);
    trace.getTracer('t');
    expect(theirs.getTracer).toHaveBeenCalledOnce();
    expect(context.active()).toBe(ROOT_CONTEXT);
    trace.disable();
    // A context manager alone, too: half of ours would part observations from spans.
    context.setGlobalContextManager({ active: () => ROOT_CONTEXT, disable: () => undefined } as never);
    expect(registered().isRegistered).toBe(false);
    expect(trace.getTracer('t').startSpan('op').isRecording()).toBe(false);
    expect(warnings.filter((text) => text.includes('SlipstreamSpanProcessor'))).toHaveLength(1);
  });

  it('leaves a propagator that was set before, and takes one that it is given', () => {
    const theirs = { inject: vi.fn(), extract: vi.fn(), fields: () => ['theirs'] };
    propagation.setGlobalPropagator(theirs);
    const first = registered();
    expect(propagation.fields()).toEqual(['theirs']);
    first.unregister();
    expect(propagation.fields()).toEqual(['theirs']);
    propagation.disable();
    registered({ propagator: { ...theirs, fields: () => ['given'] } });
    expect(propagation.fields()).toEqual(['given']);
  });

  it('takes whatever it is given', () => {
    const trap = new Proxy(
      {},
      {
        get: () => {
          throw new Error('trap');
        },
      },
    );
    for (const value of [undefined, null, 0, 'x', {}, trap]) registered(value as never).unregister();
  });
});

describe('SlipstreamTracerProvider', () => {
  it('has one tracer for a name and version', () => {
    const provider = new SlipstreamTracerProvider({ client: recordOtel().client });
    expect(provider.getTracer('a', '1')).toBe(provider.getTracer('a', '1', { schemaUrl: 'https://s' }));
    expect(provider.getTracer('a', '1')).not.toBe(provider.getTracer('a', '2'));
    for (let index = 0; index < 2_000; index++)
      expect(provider.getTracer(`made up ${index}`)).toBeInstanceOf(SlipstreamTracer);
    for (const value of [undefined, null, Symbol('s'), {}]) provider.getTracer(value as never, value as never);
  });

  it('flushes its client, and records nothing after shutdown', async () => {
    const otel = recordOtel();
    const flush = vi.fn(async () => ({ delivered: 0, dropped: 0, pending: 0 }));
    const client = Object.assign(otel.client, { flush });
    const provider = new SlipstreamTracerProvider({ client });
    const open = provider.getTracer('t').startSpan('begun before');
    await provider.forceFlush();
    await provider.shutdown();
    expect(flush).toHaveBeenCalledTimes(2);
    expect(provider.getTracer('t').startSpan('late').isRecording()).toBe(false);
    open.end();
    expect(otel.exported()).toMatchObject([{ name: 'begun before' }]);
  });
});
