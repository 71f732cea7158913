import { pathToFileURL } from 'node:url';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { decideSettings } from '../config.js';
import type { SlipstreamOptions } from '../options.js';

const decide = (options: unknown, environment: Record<string, string> = {}, warnings: string[] = []) =>
  decideSettings(options as SlipstreamOptions, environment, (warning) => warnings.push(warning));
const maskOf = (mask: unknown) => decide({ mask }).mask;

const ALL = ['secrets', 'emails', 'phones', 'cards', 'ibans', 'ips', 'ids'];
const NONE = { rules: [], keys: [], patterns: [], moduleUrl: undefined };

describe('the option mask', () => {
  it('masks nothing and leaves media out unless it is told otherwise', () => {
    expect(decide({})).toMatchObject({ mask: undefined, captureMedia: false });
    expect(decide({ captureMedia: true }).captureMedia).toBe(true);
  });

  it('has all built-in rules unless it names some', () => {
    expect(maskOf({})).toEqual({ ...NONE, rules: ALL });
    expect(maskOf({ keys: ['a'] })).toEqual({ ...NONE, rules: ALL, keys: ['a'] });
    expect(maskOf({ rules: ['ips'] })).toEqual({ ...NONE, rules: ['ips'] });
    expect(maskOf({ rules: [] })).toEqual(NONE);
  });

  it('as a text is names of rules, or else the path of a module from the working directory', () => {
    const moduleUrl = pathToFileURL('./mask.mjs').href;
    expect(maskOf('secrets, emails')).toEqual({ ...NONE, rules: ['secrets', 'emails'] });
    expect(maskOf('./mask.mjs')).toEqual({ ...NONE, moduleUrl });
    expect(maskOf({ rules: [], module: 'mask.mjs' })).toEqual({ ...NONE, moduleUrl });
    expect(maskOf(moduleUrl)).toEqual({ ...NONE, moduleUrl });
  });

  it('in the environment never falls back to nothing', () => {
    const warnings: string[] = [];
    const fromEnvironment = (text: string) => decide({}, { SLIPSTREAM_MASK: text }, warnings).mask;
    expect(fromEnvironment('ids')).toMatchObject({ rules: ['ids'] });
    expect(fromEnvironment('secrets,emials')?.moduleUrl).toMatch(/^file:.*emials$/);
    expect(fromEnvironment('https://example.com/mask.js')?.moduleUrl).toMatch(/^file:/);
    expect(warnings).toEqual([]);
  });

  it('turns patterns into plain data, so that other patterns are another setting', () => {
    const patterns = [{ name: 'own', pattern: /a\d/i, replacement: '-' }];
    expect(maskOf({ rules: [], patterns })).toEqual({
      ...NONE,
      patterns: [{ name: 'own', source: 'a\\d', flags: 'i', replacement: '-' }],
    });
    expect(JSON.stringify(maskOf({ patterns: [{ name: 'a', pattern: /a/ }] }))).not.toBe(
      JSON.stringify(maskOf({ patterns: [{ name: 'a', pattern: /b/ }] })),
    );
  });

  it('takes expressions of another realm', () => {
    const pattern = runInNewContext('/a\\d/') as RegExp;
    expect(maskOf({ patterns: [{ name: 'own', pattern }] })?.patterns[0]?.source).toBe('a\\d');
  });

  it.each([
    ['', /mask must name/],
    [7, /mask must be an object of rules, or the path/],
    [null, /mask must be an object/],
    [[], /mask must be an object/],
    [{ rule: [] }, /mask has no "rule" \(known: rules, keys, patterns, module\)/],
    [{ rules: 'secrets' }, /mask rules must be a list/],
    [{ rules: ['secret'] }, /mask rules must be of secrets, emails/],
    [{ keys: [''] }, /mask keys must be names/],
    [{ keys: ['***'] }, /mask keys must be names/],
    [{ keys: [Symbol('a')] }, /mask keys must be names/],
    [{ patterns: [null] }, /mask patterns need a name/],
    [{ patterns: [{ name: 'a b', pattern: /a/ }] }, /mask patterns need a name/],
    [{ patterns: [{ name: 'a', pattern: 'a' }] }, /"a" needs a regular expression/],
    [{ patterns: [{ name: 'a', pattern: /a/, replacement: 1 }] }, /"a" needs a text as its replacement/],
    [{ patterns: [{ name: 'a', pattern: /(a+)+$/ }] }, /patterns "a" could take very long/],
    [{ module: '' }, /mask module must be a path/],
    [{ module: 'https://example.com/mask.js' }, /module must be a path or a file: address/],
  ])('refuses %j', (mask, message) => {
    expect(() => maskOf(mask)).toThrow(message);
  });
});
