import {
  encodeExportResponse,
  encodeRpcStatus,
  type ExportTraceServiceResponse,
  type ReadExportResult,
  type ReadLimits,
  type RpcStatus,
  readExportRequest,
  readExportRequestJson,
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
  readRequest: (bytes, limits) => readExportRequestJson(bytes, limits),
  writeResponse: ({ partialSuccess }) =>
    // An int64 is a string in OTLP's JSON; an unset message is left out.
    asJson(
      partialSuccess === undefined
        ? {}
        : {
            partialSuccess: {
              rejectedSpans: partialSuccess.rejectedSpans.toString(),
              errorMessage: partialSuccess.errorMessage,
            },
          },
    ),
  writeStatus: ({ code, message }) => asJson({ code, message }),
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

function asJson(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}
