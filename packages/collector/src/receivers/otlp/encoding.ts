import {
  type ExportTraceServiceResponse,
  encodeExportResponse,
  encodeRpcStatus,
  type ReadExportResult,
  type ReadLimits,
  type RpcStatus,
  readExportRequest,
  readExportRequestJson,
  WireError,
  writeExportResponseJson,
  writeRpcStatusJson,
} from '@slipstream/wire';

/** Everything that differs between the two encodings of OTLP/HTTP. */
export interface OtlpEncoding {
  readonly contentType: string;
  /** @throws WireError where the body as a whole is wrong. */
  readonly readRequest: (bytes: Uint8Array, limits?: Partial<ReadLimits>) => ReadExportResult;
  readonly writeResponse: (response: ExportTraceServiceResponse) => Buffer;
  readonly writeStatus: (status: RpcStatus) => Buffer;
}

/** `application/x-protobuf`, which is also what the queue holds. */
export const PROTOBUF_ENCODING: OtlpEncoding = {
  contentType: 'application/x-protobuf',
  readRequest: readExportRequest,
  writeResponse: (response) => asBuffer(encodeExportResponse(response)),
  writeStatus: (status) => asBuffer(encodeRpcStatus(status)),
};

/** `application/json`. */
export const JSON_ENCODING: OtlpEncoding = {
  contentType: 'application/json',
  readRequest: (bytes, limits) => readExportRequestJson(decodeText(bytes), limits),
  writeResponse: (response) => Buffer.from(writeExportResponseJson(response)),
  writeStatus: (status) => Buffer.from(writeRpcStatusJson(status)),
};

const ENCODINGS = [PROTOBUF_ENCODING, JSON_ENCODING];

/** The encoding that a `Content-Type` header names, whatever its parameters; `undefined` for any other type. */
export function encodingOf(contentType: string | undefined): OtlpEncoding | undefined {
  const mediaType = contentType?.split(';', 1)[0]?.trim().toLowerCase();
  return ENCODINGS.find((encoding) => encoding.contentType === mediaType);
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new WireError('invalid_utf8', 'the request is not UTF-8');
  }
}
