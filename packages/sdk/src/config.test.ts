import { describe, expect, it } from 'vitest';
import { decideSettings } from './config.js';
import { SlipstreamConfigError } from './errors.js';

function decide(
  options: object,
  environment: Record<string, string> = {},
): { settings: ReturnType<typeof decideSettings>; warnings: string[] } {
  const warnings: string[] = [];
  return { settings: decideSettings(options, environment, (message) => warnings.push(message)), warnings };
}

describe('settings', () => {
  it('have the documented defaults', () => {
    const { settings } = decide({});
    expect(settings).toMatchObject({
      url: 'http://127.0.0.1:4318',
      enabled: true,
      sampleRate: 1,
      captureInput: true,
      maxCaptureBytes: 262_144,
      bufferBytes: 16_777_216,
      drainIntervalMs: 20,
      batchAgeMs: 100,
      retryBufferBytes: 33_554_432,
      exitTimeoutMs: 1000,
      handleSignals: true,
      transport: 'worker',
      project: 'default',
    });
  });

  it('come from code first, then Slipstream, Langfuse and OpenTelemetry variables', () => {
    const all = {
      SLIPSTREAM_URL: 'http://a.test',
      LANGFUSE_BASE_URL: 'http://b.test',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c.test',
      OTEL_SERVICE_NAME: 'from-otel',
      SLIPSTREAM_MAX_CAPTURE_BYTES: '1000',
    };
    expect(decide({ url: 'http://code.test' }, all).settings.url).toBe('http://code.test');
    expect(decide({}, all).settings).toMatchObject({
      url: 'http://a.test',
      service: 'from-otel',
      maxCaptureBytes: 1000,
    });
    expect(decide({}, { ...all, SLIPSTREAM_URL: '' }).settings.url).toBe('http://b.test');
  });

  it('refuse wrong values in code, all of them in one message that says what to change', () => {
    const wrong = { sampleRate: 2, url: 'ftp://x', bufferBytes: 1.5, colour: 'red' };
    expect(() => decide(wrong)).toThrow(SlipstreamConfigError);
    expect(() => decide(wrong)).toThrow(
      /"colour" is not an option.*url must begin with http.*sampleRate must be a number from 0 to 1.*bufferBytes must be a whole number/,
    );
  });

  it('warn of a wrong variable without its value, and fall back', () => {
    const { settings, warnings } = decide({}, { SLIPSTREAM_SAMPLE_RATE: 'secret-text', SLIPSTREAM_ENABLED: 'maybe' });
    expect(settings).toMatchObject({ sampleRate: 1, enabled: true });
    expect(warnings).toHaveLength(2);
    expect(warnings.join()).not.toContain('secret-text');
  });

  it('make Langfuse keys into its address, authorization and ingestion version', () => {
    const { settings } = decide({ url: 'https://cloud.langfuse.com', publicKey: 'pk', secretKey: 'sk' });
    expect(settings.url).toBe('https://cloud.langfuse.com/api/public/otel/v1/traces');
    expect(settings.headers).toEqual({ authorization: `Basic ${btoa('pk:sk')}`, 'x-langfuse-ingestion-version': '4' });
  });

  it('read headers as OpenTelemetry writes them', () => {
    const { settings } = decide({}, { OTEL_EXPORTER_OTLP_HEADERS: 'X-Team=a%20b,authorization=Bearer%20t' });
    expect(settings.headers).toEqual({ 'x-team': 'a b', authorization: 'Bearer t' });
  });

  it('take a Redis, whose entries name the public key as their project', () => {
    const { settings } = decide({ url: 'rediss://me:p%40ss@cache.test:6380/2', publicKey: 'pk', secretKey: 'sk' });
    expect(settings).toMatchObject({ url: 'rediss://me:p%40ss@cache.test:6380/2', project: 'pk', headers: {} });
  });

  it.each([
    ['redis://', 'must name a Redis'],
    ['redis://host/two', 'must name a Redis'],
    ['redis://host/1/2', 'must name a Redis'],
    ['redis://:%zz@host', 'has a user or password whose % signs'],
    ['http://user:%zz@host', 'has a user or password whose % signs'],
    ['ftp://host', 'must begin with http://, https://, redis:// or rediss://'],
  ])('refuse %s as an address', (url, problem) => {
    expect(() => decide({ url })).toThrow(problem);
    expect(() => decide({ url })).not.toThrow(/zz/);
  });

  it('know two transports', () => {
    expect(decide({}, { SLIPSTREAM_TRANSPORT: 'inline' }).settings.transport).toBe('inline');
    expect(() => decide({ transport: 'pigeon' })).toThrow('transport must be one of worker, inline');
  });
});
