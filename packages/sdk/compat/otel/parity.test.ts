/** The same calls on OpenTelemetry's own SDK and on ours: what arrives at a backend is the same. */
import { context, ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BasicTracerProvider,
  ParentBasedSampler,
  type Sampler,
  SimpleSpanProcessor,
  type SpanLimits,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-base';
import { createClient } from '@slipstream/sdk';
import { SlipstreamContextManager, SlipstreamTracerProvider } from '@slipstream/sdk/otel';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { type ArrivedSpan, type Collector, startCollector } from './support/collector.js';

interface Settings {
  readonly sampler?: Sampler;
  readonly spanLimits?: SpanLimits;
}

interface Case extends Settings {
  readonly name: string;
  work(tracer: Tracer): void | Promise<void>;
}

let collector: Collector;
const client = () => createClient({ url: collector.url, service: 'ours', batchAgeMs: 0 });
const clients: ReturnType<typeof createClient>[] = [];

beforeAll(async () => {
  collector = await startCollector();
});
afterEach(() => context.disable());
afterAll(async () => {
  await Promise.all(clients.map((one) => one.shutdown()));
  await collector.close();
});

async function byTheirs({ work, ...settings }: Case): Promise<ArrivedSpan[]> {
  const exporter = new OTLPTraceExporter({ url: `${collector.url}/v1/traces` });
  const provider = new BasicTracerProvider({ ...settings, spanProcessors: [new SimpleSpanProcessor(exporter)] });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager());
  return arrivedOf(work, provider.getTracer('parity', '1.0.0'), () => provider.forceFlush());
}

async function byOurs({ work, ...settings }: Case): Promise<ArrivedSpan[]> {
  const own = client();
  clients.push(own);
  const provider = new SlipstreamTracerProvider({ ...(settings as object), client: own });
  context.setGlobalContextManager(new SlipstreamContextManager());
  const spans = await arrivedOf(work, provider.getTracer('parity', '1.0.0') as Tracer, () => provider.forceFlush());
  const { started, open, sampledOut, delivered, dropped } = own.stats();
  const lost = Object.values(dropped).reduce((sum, count) => sum + count, 0);
  expect([started - sampledOut - open, lost]).toEqual([delivered, 0]);
  return spans;
}

async function arrivedOf(work: Case['work'], tracer: Tracer, flush: () => Promise<void>): Promise<ArrivedSpan[]> {
  const before = collector.spans().length;
  await work(tracer);
  await flush();
  context.disable();
  return collector.spans().slice(before);
}

/** What does not depend on the moment and on chance. Ids are numbered in the order in which they are met. */
function comparable(spans: readonly ArrivedSpan[]): unknown[] {
  const ids = new Map<string, string>();
  const numbered = (id: string) => {
    if (id === '' || FIXED_IDS.has(id)) return id;
    if (!ids.has(id)) ids.set(id, `id ${ids.size + 1}`);
    return ids.get(id);
  };
  return [...spans]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ resource: _, startTimeUnixNano, endTimeUnixNano, ...span }) => ({
      ...span,
      traceId: numbered(span.traceId),
      spanId: numbered(span.spanId),
      parentSpanId: numbered(span.parentSpanId),
      scope: [span.scope.name, span.scope.version],
      start: knownTime(startTimeUnixNano),
      end: knownTime(endTimeUnixNano),
      events: span.events.map(({ timeUnixNano, ...event }) => ({ ...event, time: knownTime(timeUnixNano) })),
      links: span.links.map((link) => ({ ...link, traceId: numbered(link.traceId), spanId: numbered(link.spanId) })),
    }));
}

/** Times that a case gave itself lie in 2023; they are compared to the microsecond. */
function knownTime(unixNano: bigint): bigint | 'now' {
  return unixNano < 1_701_000_000_000_000_000n ? (unixNano + 500n) / 1_000n : 'now';
}

const REMOTE = {
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  traceFlags: 1,
  isRemote: true,
};
const FIXED_IDS = new Set([REMOTE.traceId, REMOTE.spanId]);
const T0 = 1_700_000_000_000;

const at = (spanContext: object) => trace.setSpanContext(ROOT_CONTEXT, spanContext as typeof REMOTE);
const ended = (tracer: Tracer, work: (span: Span) => unknown) => {
  const span = tracer.startSpan('op');
  work(span);
  span.end();
};

const CASES: readonly Case[] = [
  { name: 'nothing but a name', work: (tracer) => tracer.startSpan('op').end() },
  {
    name: 'every kind',
    work: (tracer) => {
      for (const kind of [SpanKind.INTERNAL, SpanKind.SERVER, SpanKind.CLIENT, SpanKind.PRODUCER, SpanKind.CONSUMER]) {
        tracer.startSpan(`kind ${kind}`, { kind }).end();
      }
    },
  },
  {
    name: 'attributes of every type, at the start and later',
    work: (tracer) => {
      const span = tracer.startSpan('op', {
        attributes: { text: 'Xin chào 👋', int: -7, double: 2.5, list: ['a', 'b'] },
      });
      span.setAttributes({
        flag: false,
        ints: [1, 2, 3],
        doubles: [0.5, 1.5],
        flags: [true, false],
        empty: [],
        blank: '',
      });
      span.setAttribute('int', 8).setAttribute('sparse', ['a', null, undefined, 'b']);
      span
        .setAttribute('large', 2 ** 40)
        .setAttribute('nan', Number.NaN)
        .setAttribute('infinite', Number.POSITIVE_INFINITY);
      span.end();
    },
  },
  {
    name: 'attributes that are not valid',
    work: (tracer) => {
      const attributes = { object: { a: 1 }, mixed: [1, 'a'], nested: [[1]], none: undefined, nil: null, '': 1, ok: 1 };
      const span = tracer.startSpan('op', { attributes: attributes as never });
      span.setAttributes(attributes as never);
      span.setAttribute('function', (() => 1) as never).setAttribute('bigint', 1n as never);
      span.end();
    },
  },
  {
    name: 'limits of attributes, values, events and links',
    spanLimits: {
      attributeCountLimit: 2,
      attributeValueLengthLimit: 3,
      eventCountLimit: 2,
      linkCountLimit: 1,
      attributePerEventCountLimit: 1,
      attributePerLinkCountLimit: 1,
    },
    work: (tracer) => {
      const link = { context: REMOTE, attributes: { a: 'abcdef', b: 2 } };
      const span = tracer.startSpan('op', { attributes: { a: 'abcdef', b: ['abcdef', 'x'], c: 1 }, links: [link] });
      span.setAttribute('a', 'ghijkl').setAttribute('d', 1);
      for (const name of ['one', 'two', 'three']) span.addEvent(name, { a: 'abcdef', b: 2, c: 3 });
      span.addLink({ ...link, attributes: { c: 'last' } });
      span.end();
    },
  },
  {
    name: '130 attributes and events by the default limits',
    work: (tracer) =>
      ended(tracer, (span) => {
        for (let index = 0; index < 130; index++) span.setAttribute(`a${index}`, index).addEvent(`e${index}`);
      }),
  },
  {
    name: 'events with attributes and times of every form',
    work: (tracer) =>
      ended(tracer, (span) => {
        span.addEvent('plain');
        span.addEvent('attributes', { a: 1, list: ['x'], bad: {} as never });
        span.addEvent('time', T0 + 1);
        span.addEvent('both', { a: 1 }, new Date(T0 + 2));
        span.addEvent('hrtime', {}, [T0 / 1000, 3_000_123]);
      }),
  },
  {
    name: 'times of every form',
    work: (tracer) => {
      tracer.startSpan('ms', { startTime: T0 }).end(T0 + 1_500);
      tracer.startSpan('date', { startTime: new Date(T0) }).end(new Date(T0 + 5));
      tracer.startSpan('hrtime', { startTime: [T0 / 1000, 1_200] }).end([T0 / 1000, 999_999_000]);
      tracer.startSpan('backwards', { startTime: T0 + 10 }).end(T0);
      tracer.startSpan('fraction', { startTime: T0 + 0.125 }).end(T0 + 0.25);
    },
  },
  {
    name: 'links at the start and later, with attributes, state and remote flags',
    work: (tracer) => {
      const own = { ...REMOTE, isRemote: false, traceFlags: 0 };
      const span = tracer.startSpan('op', { links: [{ context: REMOTE, attributes: { a: 1, bad: {} as never } }] });
      span.addLink({ context: own }).addLinks([{ context: REMOTE, attributes: { b: ['x'] } }]);
      span.end();
    },
  },
  ...[
    [SpanStatusCode.OK, SpanStatusCode.ERROR],
    [SpanStatusCode.ERROR, SpanStatusCode.UNSET],
    [SpanStatusCode.ERROR, SpanStatusCode.OK],
    [SpanStatusCode.UNSET],
    [SpanStatusCode.ERROR, SpanStatusCode.ERROR],
  ].map((codes) => ({
    name: `status ${codes.join(', then ')}`,
    work: (tracer: Tracer) =>
      ended(tracer, (span) => codes.map((code, index) => span.setStatus({ code, message: `message ${index}` }))),
  })),
  {
    name: 'exceptions',
    work: (tracer) =>
      ended(tracer, (span) => {
        const error = Object.assign(new TypeError('broken'), { stack: 'TypeError: broken\n    at here' });
        span.recordException(error, T0);
        span.recordException('a text', T0);
        span.recordException({ code: 'ECONNRESET', message: 'reset' }, T0);
        span.recordException({ name: 'Named' } as never, T0);
        span.recordException({} as never, T0);
      }),
  },
  {
    name: 'a changed name, and changes after the end',
    work: (tracer) => {
      const span = tracer.startSpan('first');
      span.updateName('second');
      span.end();
      span.setAttribute('late', 1).addEvent('late').setStatus({ code: SpanStatusCode.ERROR }).updateName('late');
      span.recordException(new Error('late'));
      span.end();
    },
  },
  {
    name: 'nesting, by active spans and by contexts',
    work: (tracer) =>
      tracer.startActiveSpan('outer', (outer) => {
        tracer.startActiveSpan('inner', { kind: SpanKind.CLIENT }, (inner) => {
          tracer.startSpan('leaf').end();
          inner.end();
        });
        tracer.startSpan('by context', {}, trace.setSpan(ROOT_CONTEXT, outer)).end();
        tracer.startSpan('without parent', {}, ROOT_CONTEXT).end();
        tracer.startSpan('root', { root: true }).end();
        outer.end();
      }),
  },
  {
    name: 'nesting over awaits in parallel',
    work: async (tracer) => {
      await tracer.startActiveSpan('outer', async (outer) => {
        const branch = (name: string, ms: number) =>
          tracer.startActiveSpan(name, async (span) => {
            await new Promise((resolve) => setTimeout(resolve, ms));
            tracer.startSpan(`${name} leaf`).end();
            span.end();
          });
        await Promise.all([branch('a', 5), branch('b', 1)]);
        outer.end();
      });
    },
  },
  {
    name: 'a remote parent with tracestate',
    work: (tracer) => {
      const traceState = { serialize: () => 'a=1,b=2', get: () => '', set: () => traceState, unset: () => traceState };
      tracer.startActiveSpan('served', {}, at({ ...REMOTE, traceState }), (span) => {
        tracer.startSpan('inside').end();
        span.end();
      });
    },
  },
  {
    name: 'parents that are not valid',
    work: (tracer) => {
      tracer.startSpan('zeros', {}, at({ ...REMOTE, traceId: '0'.repeat(32) })).end();
      tracer.startSpan('no span id', {}, at({ ...REMOTE, spanId: '0'.repeat(16) })).end();
      tracer.startSpan('nonsense', {}, at({ ...REMOTE, traceId: 'xyz' })).end();
    },
  },
  {
    name: 'a sampler that keeps nothing',
    sampler: new AlwaysOffSampler(),
    work: (tracer) => tracer.startActiveSpan('outer', (span) => span.end()),
  },
  {
    name: 'a sampler that follows the parent',
    sampler: new ParentBasedSampler({ root: new AlwaysOnSampler() }),
    work: (tracer) => {
      tracer.startSpan('root').end();
      tracer.startSpan('sampled', {}, at(REMOTE)).end();
      tracer.startSpan('not sampled', {}, at({ ...REMOTE, traceFlags: 0 })).end();
      tracer.startActiveSpan('dropped', {}, at({ ...REMOTE, traceFlags: 0 }), (span) => {
        tracer.startSpan('below a dropped one').end();
        span.end();
      });
    },
  },
  {
    name: 'a sampler by trace id',
    sampler: new TraceIdRatioBasedSampler(0.5),
    work: (tracer) => {
      for (let index = 0; index < 16; index++) {
        const traceId = `${index.toString(16)}${'1'.repeat(31)}`;
        tracer.startSpan(`trace ${index}`, {}, at({ ...REMOTE, traceId })).end();
      }
    },
  },
  {
    name: 'a sampler that adds attributes and state',
    sampler: {
      shouldSample: (_context, _traceId, name, kind, attributes) => ({
        decision: name === 'recorded only' ? 1 : 2,
        attributes: { 'sampler.saw': `${name} ${kind} ${Object.keys(attributes).join()}`, a: 'by the sampler' },
      }),
    },
    work: (tracer) => {
      tracer.startSpan('op', { kind: SpanKind.SERVER, attributes: { a: 1, bad: {} as never } }).end();
      tracer.startSpan('recorded only').end();
    },
  },
];

it.each(CASES)('$name', async (one) => {
  const theirs = comparable(await byTheirs(one));
  const ours = comparable(await byOurs(one));
  expect(ours).toEqual(theirs);
});

it('compares spans at all', async () => {
  const [one, other] = [CASES[0] as Case, CASES[2] as Case];
  const spans = await byTheirs(one);
  expect(spans).toHaveLength(1);
  expect(comparable(await byOurs(other))).not.toEqual(comparable(spans));
});
