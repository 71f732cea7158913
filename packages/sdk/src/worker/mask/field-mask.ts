import type { MaskField, MaskFieldKind, MaskFunction } from '../../mask/mask-rules.js';
import type { ForeignAttributeMap, ForeignFields, ForeignValue } from '../foreign-fields.js';
import type { Log } from '../log.js';
import type { MaskSettings, WorkerSettings } from '../protocol.js';
import type { TraceFields } from '../record-fields.js';
import type { SpanRecord } from '../record-reader.js';
import type { ScoreFields } from '../scores/score-fields.js';
import type { AttributeValue } from '../value-text.js';
import { MIN_MEDIA_LENGTH, replaceMedia } from './media.js';

/** Sent instead of a field whose mask failed. */
const FAILED = '[mask failed]';

/** Keys, rules and patterns on one text. */
export interface TextRules {
  /** The text without what the rules recognise; the very one that was given where they recognise nothing. */
  mask(text: string): string;
  /** What is to stand for a value because of its key. */
  valueUnder(key: string): string | undefined;
}

/** What masks are made by. */
export interface MaskEngine {
  /** @throws where the settings cannot be followed */
  open(settings: MaskSettings): TextRules;
  /** Loads the module's function. */
  load(moduleUrl: string): Promise<MaskFunction>;
}

export interface FieldMaskParts {
  readonly settings: Pick<WorkerSettings, 'mask' | 'captureMedia'>;
  readonly log: Log;
  /** Called for each field whose content is lost because its mask failed. */
  readonly onLost: () => void;
  /** Without it, nothing that a mask applies to is sent. */
  readonly engine?: MaskEngine | undefined;
}

/** Where there should be rules. What it throws becomes a failed field. */
const NOTHING_PASSES: TextRules = {
  mask: () => {
    throw new TypeError('no rules');
  },
  valueUnder: () => undefined,
};

/** Whose fields they are, as a mask function is told. */
type Owner = Pick<MaskField, 'observationType' | 'name'>;

const NOBODY: Owner = { observationType: undefined, name: undefined };

/**
 * Masks every field of a record that can hold what the application was told, in place and once: before starts are
 * held, shown, or joined with their ends. It never throws, and never lets through what it could not mask.
 */
export class FieldMask {
  /** Whether records may be taken: the module, where there is one, has loaded or failed. */
  isReady = true;
  /** Resolves when {@link isReady} is true. */
  readonly ready: Promise<void>;
  readonly #keepsMedia: boolean;
  readonly #text: TextRules | undefined;
  readonly #log: Log;
  readonly #onLost: () => void;
  #custom: MaskFunction | undefined;
  /** Nothing can be masked as was asked, so nothing that a mask applies to is sent. */
  #isUnusable = false;
  #hasToldFailure = false;

  constructor({ settings, log, onLost, engine }: FieldMaskParts) {
    this.#keepsMedia = settings.captureMedia === true;
    this.#log = log;
    this.#onLost = onLost;
    this.#text = settings.mask === undefined ? undefined : this.#open(settings.mask, engine);
    this.ready = this.#load(settings.mask?.moduleUrl, engine);
  }

  #open(settings: MaskSettings, engine: MaskEngine | undefined): TextRules {
    try {
      if (engine !== undefined) return engine.open(settings);
      this.#giveUp('', 'this worker has none');
    } catch (error) {
      this.#giveUp('', messageOf(error));
    }
    return NOTHING_PASSES;
  }

  async #load(moduleUrl: string | undefined, engine: MaskEngine | undefined): Promise<void> {
    if (moduleUrl === undefined || engine === undefined) return;
    this.isReady = false;
    try {
      this.#custom = await engine.load(moduleUrl);
    } catch (error) {
      this.#giveUp(` ${moduleUrl}`, messageOf(error));
    }
    this.isReady = true;
  }

  #giveUp(which: string, reason: string): void {
    this.#isUnusable = true;
    this.#log(`the mask${which} cannot be used, so every field is sent as "${FAILED}": ${reason}`);
  }

  /** A START or END that goes by this name. Changes the record. */
  span({ fields, type }: SpanRecord, name: string): void {
    const owner: Owner = { observationType: type, name };
    fields.name = this.#optional(fields.name, 'name', NOBODY);
    fields.input = this.#optional(fields.input, 'input', owner);
    fields.output = this.#optional(fields.output, 'output', owner);
    fields.metadata = this.#entries(fields.metadata, 'metadata', owner);
    fields.statusMessage = this.#optional(fields.statusMessage, 'statusMessage', owner);
    fields.modelParameters = this.#optional(fields.modelParameters, 'modelParameters', owner);
    if (fields.foreign !== undefined && !this.#isIdle()) this.#foreign(fields.foreign, owner);
  }

  /** Trace-level values. Changes them. */
  trace(fields: TraceFields): void {
    fields.name = this.#optional(fields.name, 'traceName', NOBODY);
    fields.userId = this.#optional(fields.userId, 'userId', NOBODY);
    fields.sessionId = this.#optional(fields.sessionId, 'sessionId', NOBODY);
    fields.tags = fields.tags?.map((tag) => this.#field(tag, 'tag', NOBODY));
    fields.metadata = this.#entries(fields.metadata, 'traceMetadata', NOBODY);
    fields.input = this.#optional(fields.input, 'traceInput', NOBODY);
    fields.output = this.#optional(fields.output, 'traceOutput', NOBODY);
  }

  /** What a score says. Changes it. */
  score(fields: ScoreFields): void {
    fields.name = this.#optional(fields.name, 'name', NOBODY);
    fields.sessionId = this.#optional(fields.sessionId, 'sessionId', NOBODY);
    fields.comment = this.#optional(fields.comment, 'scoreComment', NOBODY);
    fields.metadata = this.#entries(fields.metadata, 'scoreMetadata', NOBODY);
    if (typeof fields.value === 'string') fields.value = this.#field(fields.value, 'scoreValue', NOBODY);
  }

  /** A name that spans go by. */
  name(name: string): string {
    // Names of instrumentation scopes come the same way, with U+0000 before their version.
    const parts = name.split('\0').map((part) => this.#field(part, 'name', NOBODY));
    return parts.join('\0');
  }

  #foreign(foreign: ForeignFields, owner: Owner): void {
    foreign.statusMessage = this.#field(foreign.statusMessage, 'statusMessage', owner);
    this.#attributes(foreign.attributes, 'attribute', owner);
    for (const event of foreign.events) {
      event.name = this.#field(event.name, 'eventName', owner);
      this.#attributes(event.attributes, 'eventAttribute', owner);
    }
    for (const link of foreign.links) this.#attributes(link.attributes, 'linkAttribute', owner);
  }

  #isIdle(): boolean {
    return this.#text === undefined && this.#keepsMedia;
  }

  #optional(text: string | undefined, kind: MaskFieldKind, owner: Owner): string | undefined {
    return text === undefined ? undefined : this.#field(text, kind, owner);
  }

  #entries(
    entries: Map<string, AttributeValue> | undefined,
    kind: MaskFieldKind,
    owner: Owner,
  ): Map<string, AttributeValue> | undefined {
    if (entries === undefined || this.#isIdle()) return entries;
    if (this.#text === undefined) return this.#lightEntries(entries, kind, owner);
    const masked = new Map<string, AttributeValue>();
    for (const [key, value] of entries) masked.set(this.#key(key), this.#value(value, kind, owner, key));
    return masked;
  }

  /** Without media, which is all that goes where there are no rules. */
  #lightEntries(entries: Map<string, AttributeValue>, kind: MaskFieldKind, owner: Owner): Map<string, AttributeValue> {
    for (const [key, value] of entries) {
      if (typeof value === 'string' && value.length >= MIN_MEDIA_LENGTH) {
        entries.set(key, this.#field(value, kind, owner, key));
      }
    }
    return entries;
  }

  #attributes(attributes: ForeignAttributeMap, kind: MaskFieldKind, owner: Owner): void {
    for (const key of Object.keys(attributes)) {
      const value = attributes[key] ?? null;
      const maskedKey = this.#key(key);
      const masked = this.#foreignValue(value, kind, owner, key);
      if (maskedKey !== key) delete attributes[key];
      if (maskedKey !== key || masked !== value) attributes[maskedKey] = masked;
    }
  }

  #foreignValue(value: ForeignValue, kind: MaskFieldKind, owner: Owner, key: string): ForeignValue {
    const instead = this.#text?.valueUnder(key);
    if (instead !== undefined) return instead;
    if (Array.isArray(value)) return value.map((item) => this.#foreignValue(item, kind, owner, key));
    return typeof value === 'string' || typeof value === 'number' ? this.#value(value, kind, owner, key) : value;
  }

  /** Numbers stay numbers unless they are masked. */
  #value<T extends AttributeValue>(value: T, kind: MaskFieldKind, owner: Owner, key: string): T | string {
    if (typeof value === 'string') return this.#field(value, kind, owner, key);
    if (this.#text === undefined) return value;
    const text = String(value);
    const masked = this.#field(text, kind, owner, key);
    return masked === text ? value : masked;
  }

  /** Keys are the application's own words, which a module has nothing to do with; but data does get into them. */
  #key(key: string): string {
    if (this.#text === undefined) return key;
    try {
      return this.#text.mask(key);
    } catch {
      return this.#fail('a key', 'a defect of the mask');
    }
  }

  #field(text: string, kind: MaskFieldKind, owner: Owner, key?: string): string {
    const rules = this.#text;
    if (rules === undefined && text.length < MIN_MEDIA_LENGTH) return text;
    try {
      const light = this.#keepsMedia ? text : replaceMedia(text);
      if (rules === undefined) return light;
      if (this.#isUnusable) return this.#lose();
      const masked = (key === undefined ? undefined : rules.valueUnder(key)) ?? rules.mask(light);
      return this.#custom === undefined ? masked : this.#call(this.#custom, masked, { kind, key, ...owner });
    } catch (error) {
      return this.#fail(kind, kindOf(error));
    }
  }

  #call(custom: MaskFunction, text: string, field: MaskField): string {
    // Before the call, which may change what it is given.
    const { kind } = field;
    const masked: unknown = custom(text, field);
    if (typeof masked === 'string') return masked;
    // A rejection that nobody handles would end the thread.
    Promise.resolve(masked).catch(() => undefined);
    return this.#fail(kind, `it returned ${typeof masked}, not a string`);
  }

  #fail(where: string, reason: string): string {
    if (!this.#hasToldFailure) {
      this.#hasToldFailure = true;
      this.#log(
        `the mask failed (${where}: ${reason}); such fields are sent as "${FAILED}", counted in stats().lostFields`,
      );
    }
    return this.#lose();
  }

  #lose(): string {
    this.#onLost();
    return FAILED;
  }
}

/** What a module threw while it was loaded, before it had seen anything. Whatever that is, this does not throw. */
function messageOf(error: unknown): string {
  try {
    return error instanceof Error ? error.message : String(error);
  } catch {
    return 'it threw something that cannot be shown';
  }
}

/** What a mask threw, without its message, which could quote the text. */
function kindOf(error: unknown): string {
  try {
    const name = error instanceof Error ? error.name : typeof error;
    return /^\w{1,60}$/.test(name) ? name : 'an error';
  } catch {
    return 'an error';
  }
}
