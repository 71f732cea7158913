import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { type FileSystem, type OpenFile, readFully } from './file-system.js';
import { findRecord, isTornRecord, parseRecord } from './record.js';

/** One file of the log. Records never span segments. */
export interface Segment {
  readonly name: string;
  readonly path: string;
  /** No record in it has a lower id. */
  readonly baseId: number;
  readonly marker: number;
  /** When a segment that was there at the start had been written last, in milliseconds since the epoch. */
  readonly foundAtMs: number | undefined;
  /** Readers see nothing past this: it is written and synced. */
  durableBytes: number;
}

/** 16 digits hold every id below 2^53, so that names sort as numbers do. */
const ID_DIGITS = 16;
const MARKER_DIGITS = 8;
const NAME_PATTERN = /^segment-(\d{16})-([0-9a-f]{8})\.v1$/;
const MARKER_RANGE = 2 ** 32;

/** A name for a new segment, with a fresh marker. */
export function newSegment(directory: string, baseId: number): Segment {
  const marker = randomInt(1, MARKER_RANGE);
  const name = `segment-${String(baseId).padStart(ID_DIGITS, '0')}-${marker.toString(16).padStart(MARKER_DIGITS, '0')}.v1`;
  return { name, path: join(directory, name), baseId, marker, foundAtMs: undefined, durableBytes: 0 };
}

/** The segments of a directory by rising base id. Costs one directory listing, whatever they hold. */
export async function listSegments(fs: FileSystem, directory: string): Promise<Segment[]> {
  const segments: Segment[] = [];
  for (const { name, sizeBytes, modifiedAtMs } of await fs.list(directory)) {
    const match = NAME_PATTERN.exec(name);
    if (match === null) continue;
    segments.push({
      name,
      path: join(directory, name),
      baseId: Number(match[1]),
      marker: Number.parseInt(match[2] ?? '', 16),
      foundAtMs: modifiedAtMs,
      durableBytes: sizeBytes,
    });
  }
  return segments.sort((a, b) => a.baseId - b.baseId || a.durableBytes - b.durableBytes);
}

/** What a scan of the newest segment found. */
export interface TailScan {
  /** Where the last whole record ends; what follows is torn. */
  readonly endBytes: number;
  /** Id of the last whole record, 0 where there is none. */
  readonly lastId: number;
  /** A tail that no torn write explains: a whole record with something wrong in it, or bytes of something else. */
  readonly brokenTail: Buffer | undefined;
}

/**
 * Finds where the whole records of a segment end. Broken ones in the middle stay, for the readers to quarantine.
 * Holds one segment in memory, which is bounded by the segment size.
 */
export async function scanTail(file: OpenFile, segment: Segment): Promise<TailScan> {
  const bytes = await readFully(file, 0, segment.durableBytes);
  let offset = 0;
  let endBytes = 0;
  let lastId = 0;
  let brokenTail: Buffer | undefined;
  while (offset < bytes.byteLength) {
    const parsed = parseRecord(bytes, offset, segment.marker);
    if (parsed.kind === 'record') {
      lastId = parsed.entry.id;
      endBytes = parsed.endOffset;
      offset = parsed.endOffset;
      continue;
    }
    const next = findRecord(bytes, offset + 1, segment.marker);
    if (next === -1) {
      const rest = bytes.subarray(offset);
      if (!isTornRecord(rest, segment.marker)) brokenTail = rest;
      break;
    }
    offset = next;
  }
  return { endBytes, lastId, brokenTail };
}
