import type { Mistake, MistakeCounts, MistakeMetric, MistakeVersion } from './mistake.js';

const CPU: MistakeMetric = {
  name: 'mainCpuUsPerRequest',
  title: 'main-thread CPU a request',
  unit: 'µs',
  isAdded: true,
  better: 'less',
};
const FIRST_CALL: MistakeMetric = {
  name: 'firstCallMs',
  title: 'first request',
  unit: 'ms',
  isAdded: true,
  better: 'less',
};
const CALL: MistakeMetric = { name: 'callMs', title: 'a request, median', unit: 'ms', isAdded: true, better: 'less' };
const STALL: MistakeMetric = {
  name: 'longestStallMs',
  title: 'longest stall of the thread',
  unit: 'ms',
  isAdded: false,
  better: 'less',
};
const LABELS: MistakeMetric = {
  name: 'labels',
  title: 'ids, texts, tokens and costs that arrive',
  unit: '',
  isAdded: false,
  better: 'more',
};
const OVER_ASKED: MistakeMetric = {
  name: 'spansOverAsked',
  title: 'spans kept, of those asked for',
  unit: 'x',
  isAdded: false,
  better: 'less',
};

const ONE_CLIENT = { clientsPerRequest: 0, labels: 0, flushesPerRequest: 0 } as const;

/** Nothing is sampled out: whatever is made has to arrive. */
function every(spans: number, characters: number, more: Partial<MistakeCounts> = {}): MistakeCounts {
  const spansPerRequest = { spansPerRequest: spans, certainSpansPerRequest: spans };
  return { ...ONE_CLIENT, ...spansPerRequest, capturedCharactersPerRequest: characters, ...more };
}

/** The same of both libraries, where they stand as their arms do. */
function both(counts: MistakeCounts): Pick<MistakeVersion, 'counts' | 'place'> {
  return { counts: { langfuse: counts, slipstream: counts }, place: { langfuse: {}, slipstream: {} } };
}

const LESSON = every(3, 2_100);
const LESSON_PER_CLIENT = every(3, 2_100, { clientsPerRequest: 1 });

/** 1.1: the client's life. */
const CLIENT_PER_CALL: Mistake = {
  number: '1.1',
  folder: '1.1-client-per-call',
  title: 'The client is made lazily, or anew on each use',
  claim:
    'first traced call +0.681 s, with the client made at start +0.0003 s; each creation about 0.1 s, against 0.002 to 0.01 s after',
  goodMeans: 'one client a process, made at start: a request pays for its spans alone',
  inSlipstream:
    'a second configure() with equal values gives back the same client; what a lazy start costs is the import',
  requests: 120,
  paceMs: 6,
  warmupRequests: 40,
  textASpan: 'tiny',
  versions: [
    {
      name: 'bad',
      title: 'a client a request',
      metric: CPU,
      counts: { langfuse: LESSON_PER_CLIENT, slipstream: LESSON_PER_CLIENT },
      place: { langfuse: { F: 'F.one-a-call' }, slipstream: {} },
    },
    {
      name: 'lazy',
      title: 'loaded and made by the first request',
      metric: FIRST_CALL,
      counts: { langfuse: LESSON, slipstream: LESSON },
      place: { langfuse: { F: 'F.lazy' }, slipstream: { F: 'F.lazy' } },
    },
    { name: 'good', title: 'made once, at start', ...both(LESSON) },
  ],
};

/** 1.2: levels. */
const TOO_MANY_LEVELS: Mistake = {
  number: '1.2',
  folder: '1.2-too-many-levels',
  title: 'Too many nested levels are traced',
  claim:
    'each traced child +2 to 10 ms; a traced parent takes 20 ms more than the sum of its children, whether or not those are traced',
  goodMeans: 'a span for each level that says something; a nested span costs the same as any other',
  inSlipstream: 'possible, and as many times a small price',
  requests: 200,
  paceMs: 4,
  warmupRequests: 150,
  textASpan: 'tiny',
  versions: [
    {
      name: 'bad',
      title: '33 spans, 32 levels deep',
      metric: CPU,
      ...both(every(33, 4_300)),
      place: { langfuse: { D: 'D.deep-many' }, slipstream: { D: 'D.deep-many' } },
    },
    { name: 'good', title: '3 spans', ...both(LESSON) },
  ],
};

/** 1.3: what is captured. */
const LONG_JSON: Mistake = {
  number: '1.3',
  folder: '1.3-long-json-captured',
  title: 'Long JSON is captured as input and output',
  claim:
    'the Redis step of a request 0.3 to 0.7 s, down to 0.01 to 0.03 s, mainly by capture off; @observe +10 to 20 ms elsewhere',
  goodMeans: 'capture off where the state passes, and metadata that says which state it was',
  inSlipstream:
    'possible: a copy into shared memory, up to a limit a value, where others make a text on the same thread',
  // 600 KB a request: all of it fits the 16 MiB that Slipstream keeps for what has not been sent, however busy a machine is.
  requests: 20,
  paceMs: 50,
  warmupRequests: 8,
  textASpan: '200 KB',
  versions: [
    { name: 'bad', title: '200 KB of state in each of 3 captured values', metric: CPU, ...both(every(4, 580_000)) },
    {
      name: 'good',
      title: 'capture off, light metadata',
      ...both(every(4, 900)),
      place: { langfuse: { C: 'C.metadata' }, slipstream: { C: 'C.metadata' } },
    },
  ],
};

/** 1.4: what takes the place of capture. */
const NOTHING_INSTEAD: Mistake = {
  number: '1.4',
  folder: '1.4-nothing-instead-of-capture',
  title: 'Capture is switched off, and nothing put in its place',
  claim: 'no figure: the trace says nothing',
  goodMeans: 'ids on the trace, a cut message on the span, model, tokens and cost on the generation',
  inSlipstream: 'possible, and harmless to the service: what is missing is missing for the reader',
  requests: 200,
  paceMs: 4,
  warmupRequests: 100,
  textASpan: 'tiny',
  countsLabels: true,
  versions: [
    {
      name: 'bad',
      title: 'three bare spans',
      metric: LABELS,
      ...both(every(3, 0)),
      place: { langfuse: { C: 'C.off' }, slipstream: { C: 'C.off' } },
    },
    {
      name: 'good',
      title: 'light metadata on the right levels',
      ...both(every(3, 0, { labels: 10 })),
      place: { langfuse: { C: 'C.metadata' }, slipstream: { C: 'C.metadata' } },
    },
  ],
};

const SAFETY_AND_LESSON = every(4, 2_200);
const KEPT_LESSONS = 0.05;
const SAFETY_AND_KEPT_LESSONS: MistakeCounts = {
  ...every(1 + 3 * KEPT_LESSONS, 200),
  certainSpansPerRequest: 1,
};

/** 1.5: a second construction. */
const SECOND_CONSTRUCTION: Mistake = {
  number: '1.5',
  folder: '1.5-second-construction',
  title: 'A second construction instead of a look-up',
  claim:
    'arguments of a second construction are silently ignored; a look-up costs 0.01 ms against 0.001 ms; two clients that keep 5 % and 100 % are a legitimate need',
  goodMeans: 'one client that is looked up, and an explicit second one where its settings differ',
  inSlipstream:
    'a second configure() with other values throws at start and names both places; getClient() takes no arguments; createClient() makes a second one',
  requests: 220,
  paceMs: 4,
  warmupRequests: 60,
  textASpan: 'tiny',
  askedSpansPerRequest: SAFETY_AND_KEPT_LESSONS.spansPerRequest,
  versions: [
    {
      name: 'bad',
      title: 'a second construction asks for 5 %',
      metric: OVER_ASKED,
      ...both(SAFETY_AND_LESSON),
      counts: { langfuse: SAFETY_AND_LESSON, slipstream: { ...SAFETY_AND_LESSON, clientsPerRequest: 1 } },
    },
    {
      name: 'good',
      title: 'two explicit clients, 5 % and 100 %',
      ...both(SAFETY_AND_KEPT_LESSONS),
      place: { langfuse: { E: 'E.head' }, slipstream: { E: 'E.head' } },
    },
  ],
};

const PAGES_IN_FULL = every(10, 258_000);
const PAGES_CUT = every(10, 3_600);
const FLUSH: MistakeVersion['place'] = {
  langfuse: { C: 'C.bounded', F: 'F.flush-a-request' },
  slipstream: { F: 'F.flush-a-request' },
};

/** 1.6: who serialises. */
const SERIALISING: Mistake = {
  number: '1.6',
  folder: '1.6-serialising-on-the-serving-thread',
  title: 'Batches are serialised where requests are served',
  claim: 'p95 to p99 of 30 ms jump to 1.5 s while a batch is serialised; never flush() in a request',
  goodMeans: 'no batch that could hold a request up; nobody waits for a flush',
  inSlipstream:
    'a worker thread serialises; only transport: inline, for runtimes without threads, does it where requests are served. A flush in a request waits here too',
  // A batch of 512 spans falls due at the 52nd request; and as above, all of it fits what Slipstream keeps.
  requests: 60,
  paceMs: 16,
  warmupRequests: 20,
  textASpan: '16 KB',
  versions: [
    {
      name: 'bad',
      title: '10 spans, 256 KB a request, serialised on the serving thread',
      metric: STALL,
      ...both(PAGES_IN_FULL),
      place: { langfuse: {}, slipstream: { B: 'B.batch-same-thread' } },
    },
    {
      name: 'flush',
      title: 'a flush in each request',
      metric: CALL,
      counts: {
        langfuse: { ...PAGES_CUT, flushesPerRequest: 1 },
        slipstream: { ...PAGES_IN_FULL, flushesPerRequest: 1 },
      },
      place: FLUSH,
    },
    {
      name: 'good',
      title: 'capture less and small batches (Langfuse); the worker (Slipstream)',
      ...both(PAGES_IN_FULL),
      counts: { langfuse: PAGES_CUT, slipstream: PAGES_IN_FULL },
      place: { langfuse: { C: 'C.bounded' }, slipstream: {} },
    },
  ],
};

/** The notes' mistakes, in their order. */
export const MISTAKES: readonly Mistake[] = [
  CLIENT_PER_CALL,
  TOO_MANY_LEVELS,
  LONG_JSON,
  NOTHING_INSTEAD,
  SECOND_CONSTRUCTION,
  SERIALISING,
];
