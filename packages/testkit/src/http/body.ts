import type { IncomingMessage } from 'node:http';
import { TestkitError } from '../errors.js';

/**
 * Reads a request body, at most `maxBytes` of it.
 * @throws TestkitError `BODY_TOO_LARGE` as soon as the limit is passed; nothing more is kept.
 */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  // Leaving the loop must not destroy the request: its socket still carries the answer that says why.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    const bytes = chunk as Buffer;
    sizeBytes += bytes.length;
    if (sizeBytes > maxBytes) throw new TestkitError('BODY_TOO_LARGE', `the body is larger than ${maxBytes} bytes`);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks, sizeBytes);
}
