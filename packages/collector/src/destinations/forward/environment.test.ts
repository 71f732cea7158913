import { describe, expect, it } from 'vitest';
import { readCollectorConfig } from '../../config.js';
import { CollectorError } from '../../errors.js';
import { readForwards } from './environment.js';

/** What a start with these variables complains of. */
function problemsOf(environment: Record<string, string>): readonly string[] {
  try {
    readCollectorConfig(environment);
    return [];
  } catch (error) {
    if (error instanceof CollectorError) return error.problems;
    throw error;
  }
}

const OTLP = { SLIPSTREAM_FORWARD: 'a', SLIPSTREAM_FORWARD_A_URL: 'https://backend.example' };
const LANGFUSE = {
  SLIPSTREAM_FORWARD: 'lf',
  SLIPSTREAM_FORWARD_LF_URL: 'https://cloud.langfuse.com',
  SLIPSTREAM_FORWARD_LF_KIND: 'langfuse',
  SLIPSTREAM_FORWARD_LF_PUBLIC_KEY: 'pk-lf-1',
  SLIPSTREAM_FORWARD_LF_SECRET_KEY: 'sk-lf-1',
};

describe('the environment of forward destinations', () => {
  it('may be empty', () => {
    expect(readForwards({})).toEqual({ forwards: [], problems: [] });
    expect(readForwards({ SLIPSTREAM_FORWARD: '', SLIPSTREAM_FORWARD_X_URL: '' })).toEqual({
      forwards: [],
      problems: [],
    });
  });

  it('names any number, each with its own settings', () => {
    const { forwards, problems } = readForwards({
      SLIPSTREAM_FORWARD: ' langfuse-eu , b ',
      SLIPSTREAM_FORWARD_LANGFUSE_EU_URL: 'https://cloud.langfuse.com',
      SLIPSTREAM_FORWARD_LANGFUSE_EU_KIND: 'langfuse',
      SLIPSTREAM_FORWARD_LANGFUSE_EU_PUBLIC_KEY: 'pk',
      SLIPSTREAM_FORWARD_LANGFUSE_EU_SECRET_KEY: 'sk',
      SLIPSTREAM_FORWARD_LANGFUSE_EU_MAX_AGE_MS: '86400000',
      SLIPSTREAM_FORWARD_B_URL: 'http://127.0.0.1:4318',
      SLIPSTREAM_FORWARD_B_HEADERS: 'x-key=a%3Db%2Cc, x-team = robots ',
      SLIPSTREAM_FORWARD_B_TIMEOUT_MS: '5000',
      SLIPSTREAM_FORWARD_B_SAMPLE_RATE: '0.25',
      SLIPSTREAM_FORWARD_B_KEEP_ERRORS: 'false',
      SLIPSTREAM_FORWARD_B_KEEP_SLOWER_THAN_MS: '2000',
      SLIPSTREAM_FORWARD_B_KEEP_COSTLIER_THAN_USD: '0.05',
      SLIPSTREAM_FORWARD_B_DECISION_WAIT_MS: '3000',
    });
    expect(problems).toEqual([]);
    expect(forwards).toMatchObject([
      { name: 'langfuse-eu', kind: 'langfuse', publicKey: 'pk', secretKey: 'sk', maxAgeMs: 86_400_000 },
      {
        name: 'b',
        kind: 'otlp',
        url: 'http://127.0.0.1:4318',
        headers: { 'x-key': 'a=b,c', 'x-team': 'robots' },
        timeoutMs: 5000,
        sampling: {
          sampleRate: 0.25,
          keepErrors: false,
          keepSlowerThanMs: 2000,
          keepCostlierThanUsd: 0.05,
          decisionWaitMs: 3000,
        },
      },
    ]);
  });

  it('has defaults for sampling', () => {
    const { forwards } = readForwards({ ...OTLP, SLIPSTREAM_FORWARD_A_SAMPLE_RATE: '0.1' });
    expect(forwards[0]?.sampling).toEqual({ sampleRate: 0.1, keepErrors: true, decisionWaitMs: 10_000 });
  });

  it('reaches the settings of the collector', () => {
    expect(readCollectorConfig(LANGFUSE).forwards).toMatchObject([{ name: 'lf', kind: 'langfuse' }]);
    expect(problemsOf(LANGFUSE)).toEqual([]);
  });

  it.each<[string, Record<string, string>, string]>([
    ['a name with capitals', { SLIPSTREAM_FORWARD: 'Backend' }, 'SLIPSTREAM_FORWARD has a name that cannot be one'],
    ['a name that is too long', { SLIPSTREAM_FORWARD: 'a'.repeat(65) }, 'SLIPSTREAM_FORWARD has a name'],
    [
      'the name of the store',
      { SLIPSTREAM_FORWARD: 'store', SLIPSTREAM_FORWARD_STORE_URL: 'https://x' },
      '"store" is the store\'s own name',
    ],
    ['a name that comes twice', { ...OTLP, SLIPSTREAM_FORWARD: 'a,a' }, 'SLIPSTREAM_FORWARD names "a" twice'],
    ['no address', { SLIPSTREAM_FORWARD: 'a' }, 'SLIPSTREAM_FORWARD_A_URL is missing'],
    [
      'an address without a protocol',
      { ...OTLP, SLIPSTREAM_FORWARD_A_URL: 'backend:4318' },
      'SLIPSTREAM_FORWARD_A_URL must be',
    ],
    [
      'another protocol',
      { ...OTLP, SLIPSTREAM_FORWARD_A_URL: 'file:///etc/passwd' },
      'SLIPSTREAM_FORWARD_A_URL must be',
    ],
    ['a stray percent sign', { ...OTLP, SLIPSTREAM_FORWARD_A_URL: 'https://u:50%@x' }, 'no percent-encoding'],
    ['an unknown kind', { ...OTLP, SLIPSTREAM_FORWARD_A_KIND: 'jaeger' }, 'SLIPSTREAM_FORWARD_A_KIND must be'],
    [
      'a header without a value',
      { ...OTLP, SLIPSTREAM_FORWARD_A_HEADERS: 'x-key' },
      'SLIPSTREAM_FORWARD_A_HEADERS must be',
    ],
    [
      'a header that is ours',
      { ...OTLP, SLIPSTREAM_FORWARD_A_HEADERS: 'Content-Length=1' },
      'must not set content-length',
    ],
    [
      'a header with a line break',
      { ...OTLP, SLIPSTREAM_FORWARD_A_HEADERS: 'x=a%0d%0ab' },
      'characters that HTTP does not allow',
    ],
    ['keys for another kind', { ...OTLP, SLIPSTREAM_FORWARD_A_PUBLIC_KEY: 'pk' }, "are Langfuse's"],
    ['one key of two', { ...LANGFUSE, SLIPSTREAM_FORWARD_LF_SECRET_KEY: '' }, 'belong together'],
    [
      'no keys',
      { ...LANGFUSE, SLIPSTREAM_FORWARD_LF_SECRET_KEY: '', SLIPSTREAM_FORWARD_LF_PUBLIC_KEY: '' },
      'Langfuse needs both',
    ],
    [
      'a time that is none',
      { ...OTLP, SLIPSTREAM_FORWARD_A_TIMEOUT_MS: '5s' },
      'SLIPSTREAM_FORWARD_A_TIMEOUT_MS must be',
    ],
    ['a time of nothing', { ...OTLP, SLIPSTREAM_FORWARD_A_TIMEOUT_MS: '0' }, 'SLIPSTREAM_FORWARD_A_TIMEOUT_MS must be'],
    ['a share above one', { ...OTLP, SLIPSTREAM_FORWARD_A_SAMPLE_RATE: '1.01' }, 'SAMPLE_RATE must be from 0 to 1'],
    ['rules without a share', { ...OTLP, SLIPSTREAM_FORWARD_A_KEEP_ERRORS: 'true' }, 'SAMPLE_RATE is missing'],
    [
      'a wait beyond an hour',
      { ...OTLP, SLIPSTREAM_FORWARD_A_SAMPLE_RATE: '0', SLIPSTREAM_FORWARD_A_DECISION_WAIT_MS: '3600001' },
      'DECISION_WAIT_MS must be',
    ],
    [
      'a variable of nobody',
      { ...OTLP, SLIPSTREAM_FORWARD_B_URL: 'https://x' },
      'SLIPSTREAM_FORWARD_B_URL belongs to no',
    ],
    [
      'a variable with another end',
      { ...OTLP, SLIPSTREAM_FORWARD_A_URI: 'https://x' },
      'SLIPSTREAM_FORWARD_A_URI belongs to no',
    ],
  ])('refuses %s, in one line that says what to change', (_name, environment, expected) => {
    expect(problemsOf(environment)).toEqual([expect.stringContaining(expected)]);
  });

  it('never shows a secret of a wrong value', () => {
    const lines = problemsOf({
      SLIPSTREAM_FORWARD: 'a',
      SLIPSTREAM_FORWARD_A_URL: 'htps://user:s3cret@host/s3cret',
      SLIPSTREAM_FORWARD_A_HEADERS: 's3cret',
      SLIPSTREAM_FORWARD_A_SECRET_KEY: 's3cret',
    });
    expect(lines).toHaveLength(3);
    expect(lines.join()).not.toContain('s3cret');
  });
});
