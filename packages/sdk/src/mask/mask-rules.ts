import type { ObservationType } from '../record/fields.js';

/** The built-in rules of {@link MaskRules}, by name. */
export const MASK_RULES = ['secrets', 'emails', 'phones', 'cards', 'ibans', 'ips', 'ids'] as const;

/** A built-in rule. What each of them recognises: guide, "Masking". */
export type MaskRuleName = (typeof MASK_RULES)[number];

/** A pattern of the application's own. */
export interface MaskPattern {
  /** Shown in place of what matches: `[masked:name]`. Letters, digits, `-` and `_`. */
  readonly name: string;
  /**
   * Applied to each text by itself: a plain value, or each string, key and number inside JSON. The `g` flag is added.
   * A pattern whose time could grow faster than the text is refused by `configure`.
   */
  readonly pattern: RegExp;
  /** As the second argument of `String.replace`, `$1` included. @default `[masked:name]` */
  readonly replacement?: string | undefined;
}

/** What is replaced in every field before a span leaves the process. Applied in this order: keys, rules, patterns, module. */
export interface MaskRules {
  /** Built-in rules. @default all of them; `[]` for none */
  readonly rules?: readonly MaskRuleName[] | undefined;
  /**
   * Values under these keys are replaced by `[masked:key]`, whatever they are: at any depth, also in JSON inside a
   * text. Case, accents, spaces, `_` and `-` make no difference. @default none
   */
  readonly keys?: readonly string[] | undefined;
  /** @default none */
  readonly patterns?: readonly MaskPattern[] | undefined;
  /**
   * Path (resolved against the working directory) or `file:` address of a module whose default export, or export
   * `mask`, is a {@link MaskFunction}. It runs in the worker, last. @default none
   */
  readonly module?: string | undefined;
}

/** Where a text that is to be masked stands. */
export type MaskFieldKind =
  | 'input'
  | 'output'
  | 'metadata'
  | 'statusMessage'
  | 'modelParameters'
  | 'name'
  | 'traceName'
  | 'userId'
  | 'sessionId'
  | 'tag'
  | 'traceMetadata'
  | 'traceInput'
  | 'traceOutput'
  | 'scoreValue'
  | 'scoreComment'
  | 'scoreMetadata'
  /** Attributes of an OpenTelemetry span, of its events and of its links, and the names of its events. */
  | 'attribute'
  | 'eventAttribute'
  | 'eventName'
  | 'linkAttribute';

/** What a {@link MaskFunction} learns of the text that it is given. */
export interface MaskField {
  /** Which field of the observation, trace or score it is. */
  readonly kind: MaskFieldKind;
  /** The key of a metadata entry or an attribute. */
  readonly key?: string | undefined;
  /** `undefined` for what belongs to a trace, and for names. */
  readonly observationType: ObservationType | undefined;
  /** Name of the observation; `undefined` for what belongs to a trace, and for names. */
  readonly name: string | undefined;
}

/**
 * Returns what is to be sent instead of `text` (JSON text for structures). It must be synchronous. Where it throws
 * or returns anything but a string, the field is sent as `[mask failed]`.
 */
export type MaskFunction = (text: string, field: MaskField) => string;
