import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskSettings } from '../../mask/mask-option.js';
import type { MaskRules } from '../../mask/mask-rules.js';
import { TextMask } from './text-mask.js';

const textMask = (rules: MaskRules) => new TextMask(maskSettings(rules)!);
const ALL = textMask({ keys: ['full_name', 'Địa chỉ'], patterns: [{ name: 'employee', pattern: /NV\d{6}/ }] });

/** One for each rule, and what stands for it. No other rule finds anything in what surrounds them. */
const SECRETS: readonly (readonly [secret: string, mark: string])[] = [
  ['sk-proj-4f9aQ2x8Lm3kT7vB1nZ0', '[masked:secret]'],
  ['lan.nguyen@example.com', '[masked:email]'],
  ['0912345678', '[masked:phone]'],
  ['4111111111111111', '[masked:card]'],
  ['GB82WEST12345698765432', '[masked:iban]'],
  ['203.113.131.5', '[masked:ip]'],
  ['079201001234', '[masked:id]'],
  ['NV123456', '[masked:employee]'],
];

const withoutSecrets = fc.string({ unit: fc.constantFrom(...'abc xyzếạ👋,;!?"\'\\/\n\t{}[]\u2028') });
const withOneSecret = fc
  .tuple(withoutSecrets, fc.constantFrom(...SECRETS), withoutSecrets)
  .map(([before, [secret, mark], after]) => ({
    text: `${before} ${secret} ${after}`,
    masked: `${before} ${mark} ${after}`,
  }));

const structure = (leaf: fc.Arbitrary<unknown>) =>
  fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      leaf,
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(fc.string({ unit: fc.constantFrom(...'xyz"\\ế') }), tie('value'), { maxKeys: 4 }),
    ),
  })).value;

const plainLeaf = fc.oneof(withoutSecrets, fc.integer({ min: -99_999, max: 99_999 }), fc.boolean(), fc.constant(null));

/** A structure in which every text holds a secret, and the same with each of them replaced. */
const secretPairs = structure(withOneSecret).map((value) => {
  const pick = (which: 'text' | 'masked') =>
    JSON.stringify(value, (_key, item) =>
      item !== null && typeof item === 'object' && 'masked' in item ? item[which] : item,
    );
  return { text: pick('text'), masked: pick('masked') };
});

describe('JSON', () => {
  it('stays as it was written where nothing is found', () => {
    fc.assert(
      fc.property(structure(plainLeaf), fc.constantFrom(undefined, 1, '\t'), (value, indent) => {
        const text = JSON.stringify(value, undefined, indent);
        expect(ALL.mask(text)).toBe(text);
      }),
      { numRuns: 300 },
    );
  });

  it('has each secret replaced in its place and nothing else changed', () => {
    fc.assert(
      fc.property(secretPairs, ({ text, masked }) => {
        expect(ALL.mask(text)).toBe(masked);
      }),
      { numRuns: 300 },
    );
  });

  it('inside JSON, up to some depth, likewise', () => {
    fc.assert(
      fc.property(secretPairs, fc.integer({ min: 1, max: 5 }), ({ text, masked }, depth) => {
        const wrap = (inner: string): string => {
          let outer = inner;
          for (let level = 0; level < depth; level++) outer = JSON.stringify({ content: [outer] });
          return outer;
        };
        expect(ALL.mask(wrap(text))).toBe(wrap(masked));
      }),
      { numRuns: 200 },
    );
  });

  it('is JSON afterwards, whatever it was', () => {
    const anyText = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      withOneSecret.map(({ text }) => text),
      fc.constantFrom('token=a"b', 'password: "x', '"api_key": {"a":', 'Cookie: a=b\\', 'Bearer abcdefgh1\u0000'),
    );
    const anyKey = fc.oneof(anyText, fc.constantFrom('password', 'token', 'fullName', 'địa_chỉ'));
    const anyJson = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'medium', withCrossShrink: true },
        anyText,
        fc.jsonValue(),
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(anyKey, tie('value'), { maxKeys: 4 }),
        tie('value').map((value) => JSON.stringify(value)),
      ),
    })).value;
    fc.assert(
      fc.property(anyJson, (value) => {
        const masked = ALL.mask(JSON.stringify(value) ?? 'null');
        JSON.parse(masked);
      }),
      { numRuns: 500 },
    );
  });

  it('loses the values under the keys that are named, whatever they are', () => {
    const secret = '"deep":["sea",{"x":"\\"}]"}]';
    for (const value of ['"text"', '12', 'null', 'true', '[]', `{${secret}}`, '"\\"\\\\"']) {
      const text = `{"a":1, "fullName" : ${value} ,"b":{"FULL-NAME":${value}},"c":[{"dia_chi":${value}}]}`;
      const masked = '"[masked:key]"';
      expect(ALL.mask(text)).toBe(
        `{"a":1, "fullName" : ${masked} ,"b":{"FULL-NAME":${masked}},"c":[{"dia_chi":${masked}}]}`,
      );
    }
  });

  it('keeps numbers that JavaScript could not hold', () => {
    const text = '{"id":12345678901234567890123,"price":0.10,"big":1e400,"neg":-0}';
    expect(ALL.mask(text)).toBe(text);
  });

  it('has its keys masked like its values', () => {
    expect(ALL.mask('{"lan@example.com":{"NV123456":1}}')).toBe('{"[masked:email]":{"[masked:employee]":1}}');
  });

  it('with escapes of any kind is read as what it means', () => {
    expect(ALL.mask('{"a":"lan\\u0040example.com","p\\u0061ssword":"x"}')).toBe(
      '{"a":"[masked:email]","p\\u0061ssword":"[masked:secret]"}',
    );
  });

  it('that nests deeper than the stack could follow is masked as text', () => {
    const deep = `${'['.repeat(100_000)}"lan@example.com"${']'.repeat(100_000)}`;
    expect(ALL.mask(deep)).toBe(deep.replace('lan@example.com', '[masked:email]'));
  });
});

describe('text that was cut', () => {
  const MARK = '…[+12 characters]';

  it('is masked up to the cut, wherever that is', () => {
    const whole = JSON.stringify({
      messages: [{ role: 'user', content: 'Tôi là\n"Lan", lan@example.com' }],
      password: 'hunter2 and more',
      phone: ['0912345678', { token: { a: 'deep secret' } }],
      last: true,
    });
    for (let length = 1; length < whole.length; length++) {
      for (const cut of [whole.slice(0, length), whole.slice(0, length) + MARK]) {
        const masked = ALL.mask(cut);
        expect(masked).not.toMatch(/n@example\.com|hunter|secret(?!])|0912345678/);
        expect(masked.startsWith('{')).toBe(true);
      }
    }
  });

  it('keeps the mark of the cut', () => {
    expect(ALL.mask(`{"a":"lan@example.com and${MARK}`)).toBe(`{"a":"[masked:email] and${MARK}`);
    expect(ALL.mask(`{"password":"hunt${MARK}`)).toBe(`{"password":"[masked:secret]"${MARK}`);
    expect(ALL.mask(`-----BEGIN PRIVATE KEY-----\nMIIE${MARK}`)).toBe('[masked:secret]');
  });
});

describe('text with JSON in it', () => {
  it('has server-sent events masked as JSON, each by itself', () => {
    const event = (delta: string) => `event: message\ndata: ${JSON.stringify({ delta, token: 'abc' })}\n\n`;
    const sent = (delta: string) => event(delta).replace('"abc"', '"[masked:secret]"');
    expect(ALL.mask(`${event('chào\nlan@example.com')}${event('0912345678\t"a"')}data: [DONE]\n\n`)).toBe(
      `${sent('chào\n[masked:email]')}${sent('[masked:phone]\t"a"')}data: [DONE]\n\n`,
    );
  });

  it('has lines of JSON masked as such, and what stands between two of them as one text', () => {
    const text = `{"a":"\\u006can@example.com"}\r\n-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n{"token":1}`;
    expect(ALL.mask(text)).toBe('{"a":"[masked:email]"}\r\n[masked:secret]\n{"token":"[masked:secret]"}');
  });

  it('keeps a block of it in prose well formed', () => {
    const block = (password: string, pin: string) =>
      `Trả lời:\n\`\`\`json\n{\n  "password": ${password},\n  "list": [1, 2],\n  "fullName": ${pin}\n}\n\`\`\`\n`;
    expect(ALL.mask(block('"a\\"b"', '{"first": "Lan"}'))).toBe(block('"[masked:secret]"', '"[masked:key]"'));
    expect(ALL.mask(block('12', '"Nguyễn Thị Lan"'))).toBe(block('"[masked:secret]"', '"[masked:key]"'));
  });

  it('is masked by its keys also where its quotes are escaped', () => {
    const inner = 'body = {\\"password\\": \\"a b\\", \\"n\\": 1, \\"token\\": 12}';
    expect(ALL.mask(`sent: ${inner} ok`)).toBe(
      'sent: body = {\\"password\\": \\"[masked:secret]\\", \\"n\\": 1, \\"token\\": \\"[masked:secret]\\"} ok',
    );
  });
});

describe('numbers', () => {
  it.each([
    ['+84 912 345 678 / 0987.654.321', '[masked:phone] / [masked:phone]'],
    ['ĐT: (028) 3822 1234.', 'ĐT: [masked:phone].'],
    ['gọi số0912345678nhé', 'gọi số0912345678nhé'],
    ['0912345678@zalo', '0912345678@zalo'],
    ['"\\n0912345678"', '"\\n[masked:phone]"'],
    ['0084 912 345 678, 0049 30 1234567', '[masked:phone], [masked:phone]'],
    ['5105-1051-0510-5100 5105-1051-0510-5101', '[masked:card] 5105-1051-0510-5101'],
    ['9704 0000 0000 0018', '[masked:card]'],
    ['079 201 001 234 và 001099012345', '[masked:id] và [masked:id]'],
    ['079901001234 sinh năm 2401', '079901001234 sinh năm 2401'],
    ['căn cước 123 456 789 012', 'căn cước [masked:id]'],
    ['căn cước 123456789'.normalize('NFD'), `${'căn cước'.normalize('NFD')} [masked:id]`],
    ['000-12-3456 666-12-3456 536-00-1234', '000-12-3456 666-12-3456 536-00-1234'],
    ['2024-05-01 10 20 30 40 50 60 70', '2024-05-01 10 20 30 40 50 60 70'],
    ['1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6', '1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6'],
    ['250 300 4000', '250 300 4000'],
    ['de89370400440532013000 DE89 3704 0044 0532 0130 00', 'de89370400440532013000 [masked:iban]'],
    ['DE88370400440532013000', 'DE88370400440532013000'],
    ['256.1.1.1 1.2.3 1.2.3.4.5 10.0.0.7:80', '256.1.1.1 1.2.3 1.2.3.4.5 [masked:ip]:80'],
    ['::ffff:203.113.131.5 ::1 fe80::1ff:fe23:4567:890a%eth2', '[masked:ip] ::1 [masked:ip]%eth2'],
    ['00:1a:2b:3c:4d:5e 1:2:3:4:5:6:7:8 1::2::3', '00:1a:2b:3c:4d:5e [masked:ip] 1::2::3'],
  ])('%s', (text, masked) => {
    expect(textMask({}).mask(text)).toBe(masked);
  });
});

describe('secrets in text', () => {
  it.each([
    ["{'password': 'it''s', \"x\": 1}", "{'password': '[masked:secret]''s', \"x\": 1}"],
    ["password: don't tell", 'password: [masked:secret] tell'],
    ["password: 'unclosed", "password: '[masked:secret]"],
    ['Cookie: a=b; c=d\nAccept: x', 'Cookie: [masked:secret]\nAccept: x'],
    [
      'token => abc; secret := "x"; api_key == z',
      'token => [masked:secret]; secret := "[masked:secret]"; api_key == [masked:secret]',
    ],
    ['token: null, password: string', 'token: null, password: string'],
    [
      'redis://:p4ss@host/0 https://git:tok@x.y ssh://git@x.y',
      'redis://[masked:secret]@host/0 https://[masked:secret]@x.y ssh://git@x.y',
    ],
    ['tasks sk-4f9aQ2x8Lm3kT7vB1nZ0 task-4f9aQ2x8Lm3kT7vB1nZ0', 'tasks [masked:secret] task-4f9aQ2x8Lm3kT7vB1nZ0'],
    ['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!', '[masked:secret]!'],
    ['bearer of good news, Bearer ab12', 'bearer of good news, Bearer ab12'],
    [
      '-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----',
      '-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----',
    ],
  ])('%s', (text, masked) => {
    expect(textMask({ rules: ['secrets'] }).mask(text)).toBe(masked);
  });
});

describe('own patterns', () => {
  it('replace every occurrence, in all texts of a structure', () => {
    const mask = textMask({
      rules: [],
      patterns: [
        { name: 'employee', pattern: /nv(\d{6})/i, replacement: 'NV-$1' },
        { name: 'pin', pattern: /\b\d{4}\b/ },
      ],
    });
    expect(mask.mask('{"a":"nv123456 NV654321","b":1234,"c":12345}')).toBe(
      '{"a":"NV-123456 NV-654321","b":"[masked:pin]","c":12345}',
    );
  });
});
