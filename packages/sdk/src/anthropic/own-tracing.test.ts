import { describe, expect, it } from 'vitest';
import { tracesItself } from './own-tracing.js';

class ProxyTracer {}
class Tracer {}

function throwMine(): never {
  throw new RangeError('mine');
}

describe('a client traces itself', () => {
  it.each([
    ['not without a tracer: an older version, or switched off', {}, false],
    ['with a real tracer', { _tracer: new Tracer() }, true],
    ['with a stand-in that has found a real one', { _tracer: { _getTracer: () => 1, _delegate: {} } }, true],
    ['not with one that has found none', { _tracer: { _getTracer: () => 1, _delegate: undefined } }, false],
    ['not with a stand-in that cannot be asked, without a provider', { _tracer: new ProxyTracer() }, false],
    [
      'with such a stand-in and a provider of its own',
      { _tracer: new ProxyTracer(), openTelemetry: { tracerProvider: {} } },
      true,
    ],
    ['not with a tracer that fails when it is asked', { _tracer: { _getTracer: throwMine } }, false],
  ])('%s', (_, client, does) => {
    expect(tracesItself(client)).toBe(does);
  });
});
