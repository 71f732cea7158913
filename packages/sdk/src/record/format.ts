/**
 * What a record in the ring looks like. Written by `record/writer.ts` on the application's thread, read by
 * `worker/record-reader.ts`. Both run in one process, so integers have the machine's byte order and nothing
 * here is ever stored or sent.
 *
 * ```
 *  byte  0  u32  length of the record in bytes, header included, not padded
 *        4  u8   kind (KIND)
 *        5  u8   observation type (index into OBSERVATION_TYPES)
 *        6  u8   level (index into OBSERVATION_LEVELS)
 *        7  u8   flags (FLAG)
 *        8  2×u32 span id, high word first
 *       16  4×u32 trace id, high word first
 *       32  2×u32 parent span id, 0 0 for a root
 *       40  f64  start, in milliseconds of the application thread's performance.now()
 *       48  f64  end, likewise; NaN while it runs
 *       56  u32  name id (NAME record), or 0 when the name is a field
 *       60  u32  reserved, 0
 *       64  fields: u8 field id (FIELD), then a value
 * ```
 *
 * START: the span began; written when its input is captured or when it is to be shown at once (roots and
 * generations). END: it is complete but for what a START with FLAG.HAS_START holds. TRACE: trace-level fields for
 * the trace id. NAME: a string (field NAME) that later records name by the id in bytes 56–59. SCORE: a judgement, whose
 * ids are fields because they may come from anywhere; its header has only the time, in bytes 40–47.
 *
 * A value is a tag byte and what TAG says. Arrays and objects hold values up to an END tag; an object's values
 * each follow a key (a string value: TAG.LATIN1 or TAG.UTF16).
 */

export const HEADER_BYTES = 64;

export const KIND = { START: 1, END: 2, TRACE: 3, NAME: 4, SCORE: 5 } as const;

export const FLAG = {
  /** END: a START record for this span id was handed over before. */
  HAS_START: 1,
  /** END: its input was captured, but the START record found no room. */
  INPUT_LOST: 2,
  /** START: show the span while it runs (roots and generations). */
  ANNOUNCE: 4,
  /** END or START: first span of its trace in this process. */
  LOCAL_ROOT: 8,
} as const;

export const FIELD = {
  NAME: 1,
  INPUT: 2,
  OUTPUT: 3,
  METADATA: 4,
  STATUS_MESSAGE: 5,
  VERSION: 6,
  MODEL: 7,
  MODEL_PARAMETERS: 8,
  USAGE_DETAILS: 9,
  COST_DETAILS: 10,
  /** Double: milliseconds of the application thread's performance.now(). */
  COMPLETION_START: 11,
  PROMPT_NAME: 12,
  PROMPT_VERSION: 13,
  /** Latin-1 string: a W3C tracestate that came with the parent. */
  TRACE_STATE: 14,
  /**
   * What an OpenTelemetry span carries, as one ARRAY: kind (OTLP's) + status code * 8 + flags * 32; the scope's name id
   * or label; ATTRIBUTES; status message or NULL; events and links, each NULL or ARRAY and then COUNT. An event is
   * name, time, ATTRIBUTES; a link trace id, span id, trace state, flags, ATTRIBUTES. ATTRIBUTES is NULL, or OBJECT
   * and then COUNT; COUNT is how many were left out, or NULL for none.
   */
  FOREIGN: 15,

  USER_ID: 32,
  SESSION_ID: 33,
  TAGS: 34,
  TRACE_METADATA: 35,
  TRACE_NAME: 36,
  ENVIRONMENT: 37,
  TRACE_VERSION: 38,
  TRACE_INPUT: 39,
  TRACE_OUTPUT: 40,
  PUBLIC: 41,

  SCORE_ID: 48,
  SCORE_NAME: 49,
  /** Double, or a string value. */
  SCORE_VALUE: 50,
  SCORE_DATA_TYPE: 51,
  SCORE_TRACE_ID: 52,
  SCORE_OBSERVATION_ID: 53,
  SCORE_SESSION_ID: 54,
  SCORE_COMMENT: 55,
  SCORE_METADATA: 56,
} as const;

export const TAG = {
  NULL: 1,
  /** Left out of objects and `null` in arrays, as JSON has it. */
  UNDEFINED: 2,
  TRUE: 3,
  FALSE: 4,
  /** i32 */
  INT32: 5,
  /** f64; NaN and the infinities are written by the reader as the strings "NaN", "Infinity", "-Infinity". */
  DOUBLE: 6,
  /** u32 byte length, bytes of Latin-1. */
  LATIN1: 7,
  /** u32 byte length, bytes of UTF-16 in the machine's order; lone surrogates possible. */
  UTF16: 8,
  /** u8 length, bytes of Latin-1: the short form. */
  SHORT_LATIN1: 9,
  /** Values up to END. */
  ARRAY: 10,
  /** Key (string value) and value, in turn, up to END. */
  OBJECT: 11,
  END: 12,
  /** A string value follows: decimal digits of a BigInt, shown as a JSON string. */
  BIGINT: 13,
  /** f64 milliseconds since the epoch; shown as an ISO string, "Invalid Date" for NaN. */
  DATE: 14,
  /** A string value follows: the kind's name (`Buffer`, `ArrayBuffer`, `Uint8Array`, …); then f64 its byte length. Shown as "[Buffer 1024 bytes]". */
  BYTES: 15,
  /** A string value follows: something that cannot be copied (function, symbol, getter that threw, cycle, depth), shown as it stands, e.g. "[Circular]". */
  MARKER: 16,
  /** f64: how many items (of an array or map) or keys (of an object) were left out; the last thing before its END. */
  CUT: 17,
  /** Like OBJECT with f64 count of entries before it: Map whose keys are values; pairs of key value and value up to END. */
  MAP: 18,
  /** f64: how many UTF-16 units were left out of the string that comes directly before. */
  CUT_TEXT: 19,
} as const;

/** Nesting that the copier follows; deeper values become a MARKER "[Depth limit]". */
export const MAX_DEPTH = 16;
