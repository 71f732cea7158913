import { Recorder } from '../../src/client/recorder.js';
import { maxRecordBytes } from '../../src/record/record-writer.js';
import { allocateRing, type RingMemory } from '../../src/ring/layout.js';
import { RingWriter } from '../../src/ring/ring-writer.js';
import type { SpanRecord, TraceRecord } from '../../src/worker/record-reader.js';
import { RingReader } from '../../src/worker/ring-reader.js';
import type { ScoreRecord } from '../../src/worker/scores/score-fields.js';

/** A recorder whose ring the test itself reads. */
export interface Recording {
  readonly recorder: Recorder;
  readonly memory: RingMemory;
  readonly ring: RingWriter;
  /** What was recorded since the last call, names filled in. */
  take(): { spans: NamedSpan[]; starts: NamedSpan[]; traces: TraceRecord[]; scores: ScoreRecord[] };
}

export type NamedSpan = SpanRecord & { readonly name: string };

export function createRecording(
  options: { bufferBytes?: number; maxCaptureBytes?: number; sampleRate?: number } = {},
): Recording {
  const maxCaptureBytes = options.maxCaptureBytes ?? 256 * 1024;
  const memory = allocateRing(options.bufferBytes ?? 4 * 1024 * 1024, maxRecordBytes(maxCaptureBytes));
  const ring = new RingWriter(memory, () => undefined);
  const reader = new RingReader(memory);
  const names = new Map<number, string>();
  return {
    recorder: new Recorder(ring, maxCaptureBytes, options.sampleRate ?? 1),
    memory,
    ring,
    take() {
      const taken = {
        spans: [] as NamedSpan[],
        starts: [] as NamedSpan[],
        traces: [] as TraceRecord[],
        scores: [] as ScoreRecord[],
      };
      for (let item = reader.next(); item !== undefined; item = reader.next()) {
        if (item.kind !== 'record') throw new TypeError(`unreadable record: ${item.kind}`);
        const { record } = item;
        if (record.kind === 'name') names.set(record.nameId, record.name);
        else if (record.kind === 'trace') taken.traces.push(record);
        else if (record.kind === 'score') taken.scores.push(record);
        else {
          const named = { ...record, name: names.get(record.nameId) ?? record.fields.name ?? '' };
          (record.kind === 'start' ? taken.starts : taken.spans).push(named);
        }
      }
      return taken;
    },
  };
}
