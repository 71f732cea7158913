import { describe, expect, it } from 'vitest';
import { collectorAddress, collectorEnvironment, commandEnvironment, wantsColour } from './config.js';

describe('configuration', () => {
  it('asks the collector of this machine unless told otherwise', () => {
    expect(collectorAddress({}, { SLIPSTREAM_URL: '' }).url).toBe('http://127.0.0.1:4318');
  });

  it('takes the flag before the environment', () => {
    const env = { SLIPSTREAM_URL: 'http://env:1', SLIPSTREAM_COLLECTOR_TOKEN: 'from-env' };
    expect(collectorAddress({}, env)).toEqual({ url: 'http://env:1', token: 'from-env' });
    expect(collectorAddress({ url: 'http://flag:2/v1/traces', token: 'from-flag' }, env)).toEqual({
      url: 'http://flag:2',
      token: 'from-flag',
    });
  });

  it.each(['nonsense', 'redis://h:1', 'file:///etc/passwd'])(
    'refuses %s as an address, naming where it came from',
    (url) => {
      expect(() => collectorAddress({ url }, {})).toThrow('--url must be an address');
      expect(() => collectorAddress({}, { SLIPSTREAM_URL: url })).toThrow('SLIPSTREAM_URL must be an address');
    },
  );

  it('lays the given flags over the environment of the collector', () => {
    const env = { SLIPSTREAM_COLLECTOR_PORT: '1', SLIPSTREAM_COLLECTOR_HOST: 'h', PATH: 'p' };
    expect(collectorEnvironment({ port: 0, dataDir: 'd' }, env)).toMatchObject({
      SLIPSTREAM_COLLECTOR_PORT: '0',
      SLIPSTREAM_COLLECTOR_HOST: 'h',
      SLIPSTREAM_COLLECTOR_DATA_DIR: 'd',
      PATH: 'p',
    });
  });

  it('points a command at the collector, and leaves an OpenTelemetry endpoint that is set', () => {
    const collector = { url: 'http://127.0.0.1:5', token: undefined };
    expect(commandEnvironment(collector, { PATH: 'p', SLIPSTREAM_URL: 'http://other' })).toEqual({
      PATH: 'p',
      SLIPSTREAM_URL: 'http://127.0.0.1:5',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:5',
    });
    expect(commandEnvironment(collector, { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://mine' })).toMatchObject({
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://mine',
    });
  });

  it('gives a command the token of the collector, and no other endpoint gets it', () => {
    const collector = { url: 'http://127.0.0.1:5', token: 'a secret' };
    const authorization = 'authorization=Bearer%20a%20secret';
    expect(commandEnvironment(collector, { SLIPSTREAM_HEADERS: 'x=1' })).toMatchObject({
      SLIPSTREAM_HEADERS: `x=1,${authorization}`,
      OTEL_EXPORTER_OTLP_HEADERS: authorization,
    });
    const other = commandEnvironment(collector, { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://other' });
    expect(other.OTEL_EXPORTER_OTLP_HEADERS).toBeUndefined();
  });

  it.each([
    [{}, true, true],
    [{}, false, false],
    [{ NO_COLOR: '1' }, true, false],
    [{ NO_COLOR: '' }, true, true],
    [{ NO_COLOR: '1', FORCE_COLOR: '1' }, true, false],
    [{ FORCE_COLOR: '1' }, false, true],
    [{ FORCE_COLOR: '0' }, true, false],
    [{ TERM: 'dumb' }, true, false],
  ])('decides on colours: %o at a terminal (%s): %s', (env, isTerminal, wanted) => {
    expect(wantsColour(env, isTerminal)).toBe(wanted);
  });
});
