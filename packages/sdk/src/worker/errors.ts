/**
 * Bytes in the ring that are no record: thrown while one is decoded, and caught by the ring reader, which counts
 * the record and goes on. It never leaves the worker.
 */
export class CorruptRecordError extends Error {
  override readonly name = 'CorruptRecordError';
  readonly code = 'corrupt_record';
}

/** A mask module that is none, or a pattern that could take long. It ends where masks are made, in a line of the log. */
export class MaskModuleError extends Error {
  override readonly name = 'MaskModuleError';
  readonly code = 'mask_module';
}

/** A transport that this runtime cannot have. Chosen before, so it never leaves the worker. */
export class MissingModuleError extends Error {
  override readonly name = 'MissingModuleError';
  readonly code = 'missing_module';

  constructor(module: string) {
    super(`this runtime has no ${module}`);
  }
}

/** A Redis that did not answer in time. Becomes a failed attempt, which is tried again. */
export class LateAnswerError extends Error {
  override readonly name = 'LateAnswerError';
  readonly code = 'ETIMEDOUT';
}
