import { transformSync } from 'esbuild';
import { beforeEach, describe, expect, it } from 'vitest';
import { createObserving, type Observing } from '../../test/support/observing.js';
import type { Client } from '../client/client.js';
import { observe } from './observe.js';

let observing: Observing;

beforeEach(() => {
  observing = createObserving();
});

/** Classes are defined once, and each test has a recording of its own. */
const client = {
  get enabled() {
    return true;
  },
  get recorder() {
    return observing.recording.recorder;
  },
  captureInput: true,
  captureOutput: true,
} as unknown as Client;

const symbolMethod = Symbol('symbolMethod');

class Lesson {
  protected readonly title: string;

  constructor(title: string) {
    this.title = title;
  }

  @observe({ client })
  describe(prefix: string): string {
    return `${prefix} ${this.title}`;
  }

  @observe({ client, name: 'lesson.create' })
  static create<T extends Lesson>(this: new (title: string) => T, title: string): T {
    return new this(title);
  }

  @observe({ client })
  [symbolMethod](): string {
    return `symbol ${this.title}`;
  }

  @observe({ client })
  #secret(): string {
    return `private ${this.title}`;
  }

  callPrivate(): string {
    return this.#secret();
  }

  @observe({ client })
  async *words(): AsyncGenerator<string> {
    yield* this.title.split(' ');
  }
}

class LongLesson extends Lesson {
  @observe({ client })
  override describe(prefix: string): string {
    return `${super.describe(prefix)}, long`;
  }
}

class InheritingLesson extends LongLesson {}

describe('observe as a decorator of methods', () => {
  it('serves methods, static methods, symbols and private methods', () => {
    const lesson = Lesson.create('Numbers');
    expect(lesson).toBeInstanceOf(Lesson);
    expect([lesson.describe('The'), lesson[symbolMethod](), lesson.callPrivate()]).toEqual([
      'The Numbers',
      'symbol Numbers',
      'private Numbers',
    ]);
    expect(observing.ended().map(({ name, fields }) => [name, fields.output])).toEqual([
      ['lesson.create', '{"title":"Numbers"}'],
      ['describe', 'The Numbers'],
      ['Symbol(symbolMethod)', 'symbol Numbers'],
      ['#secret', 'private Numbers'],
    ]);
  });

  it('nests a call of super below the overriding method, also when it is inherited', () => {
    expect(InheritingLesson.create('Colours').describe('The')).toBe('The Colours, long');
    const [, inner, outer] = observing.ended();
    expect([inner?.name, outer?.name]).toEqual(['describe', 'describe']);
    expect(inner?.parentSpanId).toBe(outer?.spanId);
  });

  it('leaves the method on the prototype, as enumerable as it was', () => {
    const descriptor = Object.getOwnPropertyDescriptor(Lesson.prototype, 'describe');
    expect(descriptor).toMatchObject({ enumerable: false, writable: true, configurable: true });
    expect([Lesson.prototype.describe.name, Lesson.prototype.describe.length]).toEqual(['describe', 1]);
  });

  it('serves generator methods', async () => {
    const words: string[] = [];
    for await (const word of new Lesson('one two').words()) words.push(word);
    expect(words).toEqual(['one', 'two']);
    expect(observing.ended()[0]).toMatchObject({ name: 'words', fields: { output: 'onetwo' } });
  });
});

describe('observe before anything else', () => {
  const standard = (target: unknown, context: object) => (observe() as unknown as Decorator)(target, context);

  it.each([
    ['getter', { kind: 'getter', name: 'size' }, /the getter "size" is none/],
    ['setter', { kind: 'setter', name: 'size' }, /the setter "size" is none/],
    ['accessor', { kind: 'accessor', name: 'size' }, /the accessor "size" is none/],
    ['field', { kind: 'field', name: 'handler' }, /the field "handler" is none.*observe\(\(\) => …\)/],
    ['private field', { kind: 'field', name: '#handler', private: true }, /the field "#handler" is none/],
    ['class', { kind: 'class', name: 'Lesson' }, /the class "Lesson" is none.*Decorate its methods/],
    ['class without a name', { kind: 'class', name: undefined }, /the class "anonymous" is none/],
  ])('is refused for a %s of standard decorators', (_, context, message) => {
    expect(() => standard(context.kind === 'field' ? undefined : () => 1, context)).toThrow(TypeError);
    expect(() => standard(context.kind === 'field' ? undefined : () => 1, context)).toThrow(message);
  });

  it.each([
    ['getter', '@observe() get size() { return 1; }', /the accessor "size" is none/],
    ['setter', '@observe() set size(value) {}', /the accessor "size" is none/],
    ['field', '@observe() handler = () => 1;', /the field "handler" is none/],
    ['static field', '@observe() static handler = () => 1;', /the field "handler" is none/],
    ['parameter', 'run(@observe() value) {}', /the parameter "0 of run" is none/],
  ])('is refused for a %s of experimentalDecorators', (_, member, message) => {
    expect(() => defineLegacy(`class Lesson { ${member} }`)).toThrow(message);
  });

  it('is refused for a class of experimentalDecorators', () => {
    expect(() => defineLegacy('@observe() class Lesson {}')).toThrow(/the class "Lesson" is none/);
  });
});

describe('observe with experimentalDecorators', () => {
  it('serves methods, static methods and symbols', () => {
    const Lesson = defineLegacy(
      `const symbol = Symbol('s');
       class Lesson {
         title = 'Numbers';
         @observe({ client, type: 'tool' }) describe(prefix) { return prefix + this.title; }
         @observe({ client }) static create() { return new this(); }
         @observe({ client }) [symbol]() { return this.title; }
         viaSymbol() { return this[symbol](); }
       }
       return Lesson;`,
    ) as unknown as { create(): { describe(prefix: string): string; viaSymbol(): string } };
    const lesson = Lesson.create();
    expect([lesson.describe('The '), lesson.viaSymbol()]).toEqual(['The Numbers', 'Numbers']);
    expect(observing.ended().map(({ name, type }) => [name, type])).toEqual([
      ['create', 'span'],
      ['describe', 'tool'],
      ['Symbol(s)', 'span'],
    ]);
  });
});

type Decorator = (target: unknown, context: object) => unknown;

/** Runs TypeScript with the older decorators, as its compiler lowers them. */
function defineLegacy(source: string): unknown {
  const { code } = transformSync(`export function define(observe, client) { ${source} }`, {
    loader: 'ts',
    target: 'es2022',
    format: 'cjs',
    tsconfigRaw: { compilerOptions: { experimentalDecorators: true, useDefineForClassFields: false } },
  });
  const module = { exports: {} as { define?: (...args: unknown[]) => unknown } };
  new Function('module', 'exports', code)(module, module.exports);
  return module.exports.define?.(observe, client);
}
