import { connect, type Socket } from 'node:net';
import { MalformedMessageError } from '../errors.js';

/** What Redis answers, as far as the lab asks: texts, numbers, bytes, lists. */
export type RespValue = Buffer | number | null | readonly RespValue[];

/** A connection on which commands are answered in their order. */
export interface RespClient {
  /** @throws MalformedMessageError when Redis refuses, or answers what this does not understand */
  command(...parts: readonly string[]): Promise<RespValue>;
  close(): void;
}

interface Waiter {
  readonly resolve: (value: RespValue) => void;
  readonly reject: (error: Error) => void;
}

const CR_LF = 2;
/** An answer holds a few batches of some megabytes each; one that is larger can only be a fault. */
const MAX_ANSWER_BYTES = 256 * 1024 * 1024;

/** Opens a connection to a Redis on this machine. */
export async function openRespClient(port: number): Promise<RespClient> {
  const socket = await connected(port);
  const waiters: Waiter[] = [];
  const failAll = (error: Error): void => {
    for (const { reject } of waiters.splice(0)) reject(error);
    socket.destroy();
  };
  const take = createAnswerBuffer((value) => waiters.shift()?.resolve(value));
  socket.on('data', (chunk: Buffer) => {
    try {
      take(chunk);
    } catch (error) {
      failAll(error instanceof Error ? error : new MalformedMessageError(String(error)));
    }
  });
  socket.on('error', failAll);
  socket.on('close', () => failAll(new MalformedMessageError('Redis closed the connection')));
  return {
    command: (...parts) =>
      new Promise((resolve, reject) => {
        waiters.push({ resolve, reject });
        socket.write(encodeCommand(parts));
      }),
    close: () => void socket.destroy(),
  };
}

function connected(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.off('error', reject);
      resolve(socket);
    });
    socket.once('error', reject);
  });
}

function encodeCommand(parts: readonly string[]): string {
  return `*${parts.length}\r\n${parts.map((part) => `$${Buffer.byteLength(part)}\r\n${part}\r\n`).join('')}`;
}

/**
 * Puts answers together from what a socket gives.
 *
 * @param done gets each whole answer, in order
 * @returns takes the next bytes; throws for an error of Redis's and for what is no answer
 */
export function createAnswerBuffer(done: (value: RespValue) => void): (chunk: Buffer) => void {
  let chunks: Buffer[] = [];
  let bytes = 0;
  let wantedBytes = 0;
  return (chunk) => {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > MAX_ANSWER_BYTES) throw new MalformedMessageError('an answer of Redis is too large');
    // Joining at each piece of a long answer would copy it many times over.
    if (bytes < wantedBytes) return;
    const cursor: Cursor = { buffer: Buffer.concat(chunks), at: 0, missingBytes: 0 };
    for (;;) {
      const start = cursor.at;
      const value = readValue(cursor);
      if (value === undefined) {
        const rest = cursor.buffer.subarray(start);
        chunks = [rest];
        bytes = rest.length;
        wantedBytes = bytes + cursor.missingBytes;
        return;
      }
      done(value);
    }
  };
}

interface Cursor {
  readonly buffer: Buffer;
  at: number;
  /** At least so many bytes have to come before an answer is whole. */
  missingBytes: number;
}

/** The next value; undefined while it is not whole. */
function readValue(cursor: Cursor): RespValue | undefined {
  const line = readLine(cursor);
  if (line === undefined) return undefined;
  const text = line.slice(1);
  switch (line[0]) {
    case '+':
      return Buffer.from(text);
    case ':':
      return Number(text);
    case '$':
      return readBytes(cursor, Number(text));
    case '*':
      return readList(cursor, Number(text));
    case '-':
      throw new MalformedMessageError(`Redis refused: ${text}`);
    default:
      throw new MalformedMessageError('not an answer of Redis');
  }
}

function readLine(cursor: Cursor): string | undefined {
  const end = cursor.buffer.indexOf('\r\n', cursor.at);
  if (end === -1) {
    cursor.missingBytes = 1;
    return undefined;
  }
  const line = cursor.buffer.toString('latin1', cursor.at, end);
  cursor.at = end + CR_LF;
  return line;
}

function readBytes(cursor: Cursor, length: number): Buffer | null | undefined {
  if (length < 0) return null;
  const end = cursor.at + length;
  if (end + CR_LF > cursor.buffer.length) {
    cursor.missingBytes = end + CR_LF - cursor.buffer.length;
    return undefined;
  }
  const bytes = cursor.buffer.subarray(cursor.at, end);
  cursor.at = end + CR_LF;
  return bytes;
}

function readList(cursor: Cursor, length: number): RespValue | undefined {
  if (length < 0) return null;
  const list: RespValue[] = [];
  for (let index = 0; index < length; index++) {
    const value = readValue(cursor);
    if (value === undefined) return undefined;
    list.push(value);
  }
  return list;
}
