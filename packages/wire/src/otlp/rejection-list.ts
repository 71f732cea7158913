import { isWireError } from '../errors.js';
import type { SpanRejection } from './messages.js';

/** Which spans of a body were kept, and why each other one was not. */
export class RejectionList {
  readonly rejections: SpanRejection[] = [];
  acceptedCount = 0;

  accept(): void {
    this.acceptedCount += 1;
  }

  /**
   * Notes a refused span. A fault that is not the span's own is thrown on: a limit of the whole body, or a defect.
   */
  reject(spanId: string, error: unknown): void {
    if (!isWireError(error) || error.code === 'too_many_nodes') throw error;
    this.rejections.push({ spanId, reason: error.message });
  }
}
