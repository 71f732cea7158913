import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { LessonError } from './errors.js';
import { loadEnvFile, readSettings } from './settings.js';

const failure = (environment: Record<string, string>): LessonError => {
  try {
    readSettings(environment);
  } catch (error) {
    if (error instanceof LessonError) return error;
  }
  throw new Error('the settings were taken');
};

describe('readSettings', () => {
  it('has a default for everything, and the test server without a key', () => {
    expect(readSettings({})).toEqual({
      host: '127.0.0.1',
      port: 8000,
      logLevel: 'warn',
      llm: { kind: 'test-server' },
      llmModel: 'openai/gpt-4o-mini',
      llmTimeoutMs: 60_000,
      redisUrl: undefined,
      stateTtlSeconds: 3_600,
      stopGraceMs: 5_000,
    });
  });

  it('takes an empty value, as .env.example has them, for one that is not set', () => {
    expect(readSettings({ PORT: '', REDIS_URL: '', OPENROUTER_API_KEY: '', LLM_MODEL: '' })).toEqual(readSettings({}));
  });

  it('goes to OpenRouter with its key', () => {
    expect(readSettings({ OPENROUTER_API_KEY: 'key' }).llm).toEqual({
      kind: 'provider',
      baseUrl: 'https://openrouter.ai/api/v1',
      apiKey: 'key',
    });
  });

  it('prefers an own base URL, and never sends the OpenRouter key there', () => {
    const settings = readSettings({ OPENROUTER_API_KEY: 'secret', LLM_BASE_URL: 'http://127.0.0.1:11434/v1' });
    expect(settings.llm).toEqual({ kind: 'provider', baseUrl: 'http://127.0.0.1:11434/v1', apiKey: 'none' });
  });

  it('lists every problem at once, and repeats no value', () => {
    const error = failure({
      PORT: '65536',
      REDIS_URL: 'http://user:hunter2@host',
      LOG_LEVEL: 'loud-secret',
      LLM_BASE_URL: 'not a url',
      STATE_TTL_SECONDS: '0',
    });
    expect(error.code).toBe('INVALID_SETTINGS');
    for (const name of ['PORT', 'REDIS_URL', 'LOG_LEVEL', 'LLM_BASE_URL', 'STATE_TTL_SECONDS']) {
      expect(error.message).toMatch(new RegExp(`^ {2}${name}: `, 'm'));
    }
    expect(error.message).not.toMatch(/hunter2|loud-secret|not a url/);
  });

  it.each([
    ['0', 0],
    ['65535', 65_535],
  ])('takes port %s', (text, port) => {
    expect(readSettings({ PORT: text }).port).toBe(port);
  });

  it.each(['-1', '65536', '80.5', 'http'])('refuses port %s', (text) => {
    expect(failure({ PORT: text }).code).toBe('INVALID_SETTINGS');
  });
});

describe('.env.example', () => {
  const text = readFileSync(new URL('../.env.example', import.meta.url), 'utf8');

  it('changes nothing when it is copied as it stands', () => {
    expect(readSettings(parseEnv(text) as Record<string, string>)).toEqual(readSettings({}));
  });

  it('names every setting there is', () => {
    const source = readFileSync(new URL('./settings.ts', import.meta.url), 'utf8');
    const names = [...source.matchAll(/^ {2}([A-Z][A-Z_]+): /gm)].map(([, name]) => name);
    expect(names.length).toBeGreaterThan(8);
    expect(Object.keys(parseEnv(text))).toEqual(expect.arrayContaining(names));
  });
});

describe('loadEnvFile', () => {
  const folder = mkdtempSync(join(tmpdir(), 'robot-lesson-'));
  const name = 'ROBOT_LESSON_TEST_VALUE';

  afterEach(() => {
    delete process.env[name];
    rmSync(folder, { recursive: true, force: true });
  });

  it('reads a file that is there, and does without one that is not', () => {
    const path = join(folder, '.env');
    loadEnvFile(path);
    expect(process.env[name]).toBeUndefined();
    writeFileSync(path, `${name}=from file\n`);
    loadEnvFile(path);
    expect(process.env[name]).toBe('from file');
    process.env[name] = 'from environment';
    loadEnvFile(path);
    expect(process.env[name]).toBe('from environment');
  });
});
