import { type InstrumentationScope, readExportRequest, type Span } from '@slipstream/wire';
import type { Client } from '../../src/client/client.js';
import { SlipstreamTracer, type TracerSettings } from '../../src/otel/tracer.js';
import type { COUNT } from '../../src/ring/layout.js';
import { systemClock } from '../../src/worker/clock.js';
import { Epoch } from '../../src/worker/epoch.js';
import { HeldStarts } from '../../src/worker/held-starts.js';
import type { WorkerSettings } from '../../src/worker/protocol.js';
import { RingReader } from '../../src/worker/ring-reader.js';
import { assembleBatch } from '../../src/worker/scope-groups.js';
import { SpanAssembler } from '../../src/worker/span-assembler.js';
import { SpanEncoder, scopeOf } from '../../src/worker/span-encoder.js';
import { createRecording, type Recording } from './recording.js';

export type ExportedSpan = Span & { readonly scope: InstrumentationScope };

/** A client without a worker: what it records is encoded and read again by this thread. */
export interface OtelRecording {
  readonly client: Client;
  readonly recording: Recording;
  tracer(settings?: TracerSettings, name?: string, version?: string): SlipstreamTracer;
  /** Spans that have ended since the last call, as a backend would get them. */
  exported(): ExportedSpan[];
  count(slot: (typeof COUNT)[keyof typeof COUNT]): number;
}

export function recordOtel(options: Parameters<typeof createRecording>[0] = {}): OtelRecording {
  const recording = createRecording(options);
  const reader = new RingReader(recording.memory);
  const assembler = new SpanAssembler(new HeldStarts(() => undefined));
  const settings = { sdkVersion: '0.0.0-test' } as WorkerSettings;
  const encoder = new SpanEncoder(settings, new Epoch(performance.timeOrigin, systemClock));
  const client = { enabled: true, recorder: recording.recorder } as unknown as Client;
  return {
    client,
    recording,
    tracer: (tracerSettings, name = 'test', version = '1.2.3') =>
      new SlipstreamTracer(name, version, client, tracerSettings),
    exported() {
      const spans = [];
      for (let item = reader.next(); item !== undefined; item = reader.next()) {
        if (item.kind !== 'record') throw new TypeError(`unreadable record: ${item.kind}`);
        const { record } = item;
        if (record.kind === 'name') assembler.define(record);
        else if (record.kind === 'start') assembler.begin(record);
        else if (record.kind === 'end') {
          const span = assembler.finish(record);
          const scopeLabel = span.fields.foreign?.scopeLabel;
          spans.push({ bytes: encoder.encode(span, undefined), isRunning: false, scopeLabel });
        }
      }
      return spans.length === 0 ? [] : read(assembleBatch(NO_RESOURCE, scopeOf(settings), spans));
    },
    count: (slot) => recording.memory.counts[slot] ?? 0,
  };
}

const NO_RESOURCE = { attributes: [], droppedAttributesCount: 0 };

function read(request: Uint8Array): ExportedSpan[] {
  const { request: read, rejections } = readExportRequest(request);
  if (rejections.length > 0) throw new TypeError(`refused by the reader: ${rejections[0]?.reason}`);
  return read.resourceSpans.flatMap(({ scopeSpans }) =>
    scopeSpans.flatMap(({ scope, spans }) => spans.map((span) => ({ ...span, scope }))),
  );
}
