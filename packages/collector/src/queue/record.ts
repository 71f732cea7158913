/**
 * A record as it lies in a segment. Numbers are little-endian.
 *
 * | offset | bytes | field |
 * |---|---|---|
 * | 0 | 4 | the segment's marker: random, part of its file name, so that no payload can imitate a record |
 * | 4 | 4 | length of everything after the checksum |
 * | 8 | 4 | CRC-32C of the length field and of everything after the checksum |
 * | 12 | 8 | id, below 2^53 |
 * | 20 | 2 | length of the tenant |
 * | 22 | 2 | length of the content type |
 * | 24 | … | tenant (UTF-8), content type (UTF-8), payload |
 */

import type { QueueEntry } from './contract.js';
import { crc32c } from './crc32c.js';

export const RECORD_HEADER_BYTES = 24;

const LENGTH_OFFSET = 4;
const CHECKSUM_OFFSET = 8;
const BODY_OFFSET = 12;
const ID_LOW_OFFSET = 12;
const ID_HIGH_OFFSET = 16;
const TENANT_LENGTH_OFFSET = 20;
const CONTENT_TYPE_LENGTH_OFFSET = 22;
const MIN_BODY_BYTES = RECORD_HEADER_BYTES - BODY_OFFSET;
const MARKER_BYTES = 4;
const UINT32_RANGE = 2 ** 32;

/** Longest tenant and content type; both are our own short names, so anything longer is a mistake of the caller. */
export const MAX_LABEL_BYTES = 255;

export type EntryContent = Omit<QueueEntry, 'id'>;

/** Size of the record that would hold this entry. */
export function recordBytes(entry: EntryContent): number {
  const labelBytes = Buffer.byteLength(entry.tenant) + Buffer.byteLength(entry.contentType);
  return RECORD_HEADER_BYTES + labelBytes + entry.payload.byteLength;
}

/** Everything of a record but its payload, which is written from where it lies. */
export function encodeRecordHead(id: number, entry: EntryContent, marker: number): Buffer {
  const tenant = Buffer.from(entry.tenant);
  const contentType = Buffer.from(entry.contentType);
  const head = Buffer.alloc(RECORD_HEADER_BYTES + tenant.byteLength + contentType.byteLength);
  head.writeUInt32LE(marker, 0);
  head.writeUInt32LE(head.byteLength - BODY_OFFSET + entry.payload.byteLength, LENGTH_OFFSET);
  head.writeUInt32LE(id % UINT32_RANGE, ID_LOW_OFFSET);
  head.writeUInt32LE(Math.floor(id / UINT32_RANGE), ID_HIGH_OFFSET);
  head.writeUInt16LE(tenant.byteLength, TENANT_LENGTH_OFFSET);
  head.writeUInt16LE(contentType.byteLength, CONTENT_TYPE_LENGTH_OFFSET);
  tenant.copy(head, RECORD_HEADER_BYTES);
  contentType.copy(head, RECORD_HEADER_BYTES + tenant.byteLength);
  head.writeUInt32LE(crc32c(entry.payload, checksumOf(head, head.byteLength)), CHECKSUM_OFFSET);
  return head;
}

/** What lies at an offset of a segment. */
export type ParsedRecord =
  | { readonly kind: 'record'; readonly entry: QueueEntry; readonly endOffset: number }
  /** It goes on past the bytes at hand; `recordBytes` says how many it claims, 0 where even that is past the end. */
  | { readonly kind: 'incomplete'; readonly recordBytes: number }
  /** No record; `recordBytes` is what a well-marked one with a wrong checksum claims, else 0. */
  | { readonly kind: 'broken'; readonly recordBytes: number };

/** Reads the record at `offset`. The entry's payload is a view of `bytes`, not a copy. */
export function parseRecord(bytes: Buffer, offset: number, marker: number): ParsedRecord {
  const available = bytes.byteLength - offset;
  if (available >= MARKER_BYTES && bytes.readUInt32LE(offset) !== marker) return { kind: 'broken', recordBytes: 0 };
  if (available < RECORD_HEADER_BYTES) return { kind: 'incomplete', recordBytes: 0 };
  const bodyBytes = bytes.readUInt32LE(offset + LENGTH_OFFSET);
  const claimedBytes = BODY_OFFSET + bodyBytes;
  if (bodyBytes < MIN_BODY_BYTES) return { kind: 'broken', recordBytes: 0 };
  if (claimedBytes > available) return { kind: 'incomplete', recordBytes: claimedBytes };
  const record = bytes.subarray(offset, offset + claimedBytes);
  const entry =
    checksumOf(record, claimedBytes) === record.readUInt32LE(CHECKSUM_OFFSET) ? decodeEntry(record) : undefined;
  if (entry === undefined) return { kind: 'broken', recordBytes: claimedBytes };
  return { kind: 'record', entry, endOffset: offset + claimedBytes };
}

/**
 * The offset of the next whole record at or after `from`, or -1.
 * Cheap: the marker occurs by chance once in 4 GiB, so that a checksum is seldom computed in vain.
 */
export function findRecord(bytes: Buffer, from: number, marker: number): number {
  const pattern = Buffer.alloc(MARKER_BYTES);
  pattern.writeUInt32LE(marker, 0);
  for (let at = bytes.indexOf(pattern, from); at !== -1; at = bytes.indexOf(pattern, at + 1)) {
    if (parseRecord(bytes, at, marker).kind === 'record') return at;
  }
  return -1;
}

/**
 * Whether bytes look like what a crash leaves of a write: the beginning of a record, or nothing but zeros where the
 * file had grown before its content came. Anything else was whole once and has been damaged since.
 */
export function isTornRecord(bytes: Buffer, marker: number): boolean {
  if (bytes.every((byte) => byte === 0)) return true;
  if (parseRecord(bytes, 0, marker).kind !== 'incomplete') return false;
  if (bytes.byteLength < RECORD_HEADER_BYTES) return true;
  // With the length that is there instead of the one it claims, the checksum tells whether only that was damaged.
  const asWhole = Buffer.from(bytes);
  asWhole.writeUInt32LE(bytes.byteLength - BODY_OFFSET, LENGTH_OFFSET);
  return parseRecord(asWhole, 0, marker).kind !== 'record';
}

function checksumOf(record: Buffer, endOffset: number): number {
  const length = crc32c(record.subarray(LENGTH_OFFSET, CHECKSUM_OFFSET));
  return crc32c(record.subarray(BODY_OFFSET, endOffset), length);
}

function decodeEntry(record: Buffer): QueueEntry | undefined {
  const tenantEnd = RECORD_HEADER_BYTES + record.readUInt16LE(TENANT_LENGTH_OFFSET);
  const contentTypeEnd = tenantEnd + record.readUInt16LE(CONTENT_TYPE_LENGTH_OFFSET);
  const id = record.readUInt32LE(ID_LOW_OFFSET) + record.readUInt32LE(ID_HIGH_OFFSET) * UINT32_RANGE;
  if (contentTypeEnd > record.byteLength || !Number.isSafeInteger(id)) return undefined;
  return {
    id,
    tenant: record.toString('utf8', RECORD_HEADER_BYTES, tenantEnd),
    contentType: record.toString('utf8', tenantEnd, contentTypeEnd),
    payload: record.subarray(contentTypeEnd),
  };
}
