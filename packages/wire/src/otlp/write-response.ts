import { ProtobufWriter } from '../protobuf/writer.js';
import type { ExportTracePartialSuccess, ExportTraceServiceResponse, RpcStatus } from './messages.js';
import {
  PARTIAL_SUCCESS_ERROR_MESSAGE,
  PARTIAL_SUCCESS_REJECTED_SPANS,
  RESPONSE_PARTIAL_SUCCESS,
  RPC_STATUS_CODE,
  RPC_STATUS_MESSAGE,
} from './tags.js';

/**
 * Writes the fields of an `ExportTraceServiceResponse`.
 *
 * | no. | field           | wire type        | omitted    |
 * |-----|-----------------|------------------|------------|
 * | 1   | partial_success | length-delimited | when unset |
 */
export function writeExportResponse(writer: ProtobufWriter, response: ExportTraceServiceResponse): void {
  if (response.partialSuccess === undefined) return;
  writer.beginMessage(RESPONSE_PARTIAL_SUCCESS, response.partialSuccess.errorMessage.length);
  writePartialSuccess(writer, response.partialSuccess);
  writer.endMessage();
}

/**
 * Writes the fields of an `ExportTracePartialSuccess`.
 *
 * | no. | field          | wire type        | omitted    |
 * |-----|----------------|------------------|------------|
 * | 1   | rejected_spans | varint           | when 0     |
 * | 2   | error_message  | length-delimited | when empty |
 */
export function writePartialSuccess(writer: ProtobufWriter, partialSuccess: ExportTracePartialSuccess): void {
  if (partialSuccess.rejectedSpans !== 0n) {
    writer.int64Field(PARTIAL_SUCCESS_REJECTED_SPANS, partialSuccess.rejectedSpans);
  }
  if (partialSuccess.errorMessage !== '') {
    writer.stringField(PARTIAL_SUCCESS_ERROR_MESSAGE, partialSuccess.errorMessage);
  }
}

/**
 * Writes the fields of a `google.rpc.Status`; its `details` (3) are never written.
 *
 * | no. | field   | wire type        | omitted    |
 * |-----|---------|------------------|------------|
 * | 1   | code    | varint           | when 0     |
 * | 2   | message | length-delimited | when empty |
 */
export function writeRpcStatus(writer: ProtobufWriter, status: RpcStatus): void {
  if (status.code !== 0) writer.int32Field(RPC_STATUS_CODE, status.code);
  if (status.message !== '') writer.stringField(RPC_STATUS_MESSAGE, status.message);
}

/** The body of a 200 answer, `application/x-protobuf`; empty where nothing was refused. */
export function encodeExportResponse(response: ExportTraceServiceResponse): Uint8Array {
  const writer = new ProtobufWriter();
  writeExportResponse(writer, response);
  return writer.toBytes();
}

/** The body of an error answer, `application/x-protobuf`. */
export function encodeRpcStatus(status: RpcStatus): Uint8Array {
  const writer = new ProtobufWriter();
  writeRpcStatus(writer, status);
  return writer.toBytes();
}
