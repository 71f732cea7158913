/**
 * Bytes in the ring that are no record: thrown while one is decoded, and caught by the ring reader, which counts
 * the record and goes on. It never leaves the worker.
 */
export class CorruptRecordError extends Error {
  override readonly name = 'CorruptRecordError';
  readonly code = 'corrupt_record';
}
