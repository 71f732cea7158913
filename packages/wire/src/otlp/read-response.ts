import { ProtobufReader } from '../protobuf/reader.js';
import type { ExportTracePartialSuccess, ExportTraceServiceResponse, RpcStatus } from './messages.js';
import {
  PARTIAL_SUCCESS_ERROR_MESSAGE,
  PARTIAL_SUCCESS_REJECTED_SPANS,
  RESPONSE_PARTIAL_SUCCESS,
  RPC_STATUS_CODE,
  RPC_STATUS_MESSAGE,
} from './tags.js';

/**
 * Reads an `ExportTraceServiceResponse` (field table: `writeExportResponse`).
 * @throws WireError where the bytes are none.
 */
export function readExportResponse(bytes: Uint8Array): ExportTraceServiceResponse {
  const reader = new ProtobufReader(bytes);
  let partialSuccess: ExportTracePartialSuccess | undefined;
  while (reader.hasMore()) {
    const tag = reader.readTag();
    if (tag === RESPONSE_PARTIAL_SUCCESS) partialSuccess = readPartialSuccess(reader, partialSuccess);
    else reader.skip(tag);
  }
  return { partialSuccess };
}

/** Enters and reads an `ExportTracePartialSuccess` (field table: `writePartialSuccess`); merged if it comes twice. */
function readPartialSuccess(
  reader: ProtobufReader,
  before: ExportTracePartialSuccess | undefined,
): ExportTracePartialSuccess {
  const outerLimit = reader.enterMessage();
  let rejectedSpans = before?.rejectedSpans ?? 0n;
  let errorMessage = before?.errorMessage ?? '';
  while (reader.hasMore()) {
    const tag = reader.readTag();
    if (tag === PARTIAL_SUCCESS_REJECTED_SPANS) rejectedSpans = reader.readInt64();
    else if (tag === PARTIAL_SUCCESS_ERROR_MESSAGE) errorMessage = reader.readString();
    else reader.skip(tag);
  }
  reader.leaveMessage(outerLimit);
  return { rejectedSpans, errorMessage };
}

/**
 * Reads a `google.rpc.Status` (field table: `writeRpcStatus`).
 * @throws WireError where the bytes are none.
 */
export function readRpcStatus(bytes: Uint8Array): RpcStatus {
  const reader = new ProtobufReader(bytes);
  let code = 0;
  let message = '';
  while (reader.hasMore()) {
    const tag = reader.readTag();
    if (tag === RPC_STATUS_CODE) code = reader.readInt32();
    else if (tag === RPC_STATUS_MESSAGE) message = reader.readString();
    else reader.skip(tag);
  }
  return { code, message };
}
