/** Bytes of a mebibyte, the unit of what costs by the size of a request. */
export const MIB: number = 1024 * 1024;

/** Rest between bursts lets caches and code go cold, so that everything has two prices. */
export type Pace = 'tight' | 'paced';

/** Texts of about a thousand characters stay in a core's own cache; those of a hundred thousand do not. */
export type TextSize = 'short' | 'long';

/** How V8 keeps a text: Latin-1 in one byte a character, everything else in two. */
export type Charset = 'oneByte' | 'twoByte';

/** What is done once for a span, a value, a field: nanoseconds each. The key says the unit, the value what it is. */
export const FIXED_CONSTANTS = {
  wrapCallNs: 'a wrapper that takes any arguments and applies the function that it wraps',
  contextRunNs: 'running a function in an AsyncLocalStorage',
  contextReadNs: 'asking an AsyncLocalStorage what runs in it',
  contextAwaitNs:
    'what an awaited call of an async function with one await costs more where a context is carried along',
  asyncCallNs: 'a call of an async function with one await, context carried along',
  promiseFollowNs: 'following a promise with two closures',
  clockReadNs: 'one reading of a clock',
  idPooledNs: 'a random id as two numbers',
  idHexNs: 'a random id of 8 bytes as text in hexadecimal',
  smallObjectNs: 'making an object of four fields that is dropped at once',
  spanObjectNs: 'making a span of twenty fields with its lists, which is kept until 512 others are made',
  mapCopyNs: 'copying a context: a Map of three entries and three closures around it',
  attributeNs: 'setting an attribute: its key looked for, its value looked at, stored',
  entriesNs: 'an object of fifteen fields taken apart, filtered and put together again',
  inspectNs: 'looking at one property of a captured value: its key, its type, its prototype',
  publishNs: 'claiming and publishing a record of 64 bytes in shared memory that another thread has read',
  shortTextNs: 'copying a text of twelve characters by a loop',
  copyCallNs: 'a native call that copies a few bytes',
  jsonCallNs: 'JSON of an object with one short text',
  jsonPropertyNs: 'one property more in a JSON text, its value apart',
  jsonHookNs: 'one property more in a JSON text where a function is asked about each, writing or reading',
  stackNs: 'a stack trace as text, its lines looked at with a regular expression',
  blobNs: 'the size of a short text by a Blob made of it',
  uuidNs: 'a random UUID as text',
  encodeFieldNs: 'writing one field of a few bytes as protobuf by JavaScript',
} as const satisfies Record<string, string>;

/** Operations that follow each other in a micro-benchmark: the spans of a cycle of the small payloads. */
export const CALIBRATION_BURST = 70;

/** Calls of an operation before it is measured: what has run less often is still being compiled. */
export const CALIBRATION_WARM_UP = 2_800;

/** What grows with a text: nanoseconds for 1,024 characters. */
export const TEXT_CONSTANTS = {
  copyNsPerKichar: 'copying text as it is by a native call into shared memory that another thread has read',
  jsonNsPerKichar: 'JSON of text that needs no escape',
  jsonAgainNsPerKichar: 'JSON of a text that is JSON itself, so that its quotes are escaped',
  parseNsPerKichar: 'making values of JSON text',
  measureNsPerKichar: 'finding the length of text in UTF-8 by a loop',
  loopEncodeNsPerKichar: 'UTF-8 by a loop over one-byte text, by TextEncoder over other text',
  nativeEncodeNsPerKichar: 'UTF-8 by a native call',
  matchNsPerKichar: 'looking for something rare with a regular expression (data:…;base64,…)',
  maskNsPerKichar: 'replacing e-mail addresses with a regular expression',
} as const satisfies Record<string, string>;

/** What involves the event loop, the kernel or another thread: microseconds of the main thread's CPU. */
export const MACHINE_CONSTANTS = {
  postUs: 'an HTTP request with a small body to a server in another process, and its answer',
  postsUs: 'one of thirty such requests that are under way at once',
  fetchUs: 'one of eight requests by the global fetch that are under way at once, its answer read as text',
  postUsPerMib: 'each MiB of body more',
  fetchUsPerMib: 'each MiB of a body of text more, by fetch',
  freshUsPerMib: 'writing into memory that the process has not had before, as large buffers are',
  batchTextUsPerMib:
    'each MiB of one JSON text of many megabytes, made UTF-8, beyond what its parts take alone: pieces moved by the collector, then joined',
  timerUs: 'setting a timer of 1 ms and waking for it, alone',
  flushUs: 'a message to a worker thread and its answer',
  requestUs: 'serving an HTTP request that waits for four timers of 1 ms, one after the other',
} as const satisfies Record<string, string>;

/** What time passes on this machine though nothing is done: milliseconds of the clock on the wall. */
export const WAIT_CONSTANTS = {
  timerMs: 'how long a timer of 1 ms takes, median',
  bareP50Ms: 'median latency of an HTTP request that waits for four timers of 1 ms, at 400 requests/s',
  bareP99Ms: 'the 99th percentile of the same',
} as const satisfies Record<string, string>;

/** What is done for each part of a value: so often in a row that nothing else has the caches or the compiler meanwhile. */
const FOR_EACH_PART: ReadonlySet<string> = new Set<FixedConstant>([
  'inspectNs',
  'shortTextNs',
  'copyCallNs',
  'jsonPropertyNs',
  'jsonHookNs',
]);

/** Names of the constants, by family. */
export type FixedConstant = keyof typeof FIXED_CONSTANTS;
export type TextConstant = keyof typeof TEXT_CONSTANTS;
export type MachineConstant = keyof typeof MACHINE_CONSTANTS;
export type WaitConstant = keyof typeof WAIT_CONSTANTS;

/** Every text constant at each size and charset. */
export type TextTable = Readonly<Record<TextSize, Readonly<Record<Charset, Readonly<Record<TextConstant, number>>>>>>;

/** The machine, as micro-benchmarks found it before anything else was measured. */
export interface Calibration {
  readonly fixed: Readonly<Record<Pace, Readonly<Record<FixedConstant, number>>>>;
  readonly text: Readonly<Record<Pace, TextTable>>;
  /** How many times the sum of its parts a made-up tracer takes, as CPU, collection of garbage included. */
  readonly together: Readonly<Record<Pace, number>>;
  /** How many times as long they take while another thread of the process never rests. */
  readonly beside: number;
  readonly machine: Readonly<Record<MachineConstant, number>>;
  readonly wait: Readonly<Record<WaitConstant, number>>;
  readonly tookMs: number;
}

/** What the processes have that the formulas add up. */
export type CpuConstant = FixedConstant | TextConstant | Exclude<MachineConstant, 'requestUs'>;

/**
 * The constants that hold for one pace, size and charset, all in nanoseconds. What is done once for a span is priced as
 * it is among others: alone, each operation has the caches and the compiler to itself, and leaves its garbage to others.
 */
export function pricesNs(
  { fixed, text, machine, together }: Calibration,
  pace: Pace,
  size: TextSize,
  charset: Charset,
): Readonly<Record<CpuConstant, number>> {
  const { requestUs: _whole, ...parts } = machine;
  const amongOthers = ([name, ns]: [string, number]) => [name, FOR_EACH_PART.has(name) ? ns : ns * together[pace]];
  return {
    ...(Object.fromEntries(Object.entries(fixed[pace]).map(amongOthers)) as Record<FixedConstant, number>),
    ...text[pace][size][charset],
    ...(Object.fromEntries(Object.entries(parts).map(([name, us]) => [name, us * 1_000])) as Record<
      Exclude<MachineConstant, 'requestUs'>,
      number
    >),
  };
}
