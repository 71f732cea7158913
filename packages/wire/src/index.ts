export { ATTRIBUTE, BOOKS_PATH, COLLECTOR_HEADER } from './attributes/keys.js';
export { isWireError, WIRE_ERROR_CODES, WireError, type WireErrorCode } from './errors.js';
export { anyValueToJson, anyValueToText } from './model/any-value-text.js';
export {
  COST_SOURCES,
  type CostSource,
  OBSERVATION_LEVELS,
  OBSERVATION_TYPES,
  type Observation,
  type ObservationLevel,
  type ObservationType,
} from './model/observation.js';
export { toObservation } from './model/to-observation.js';
export { summarizeUsage, type UsageTotals } from './model/usage.js';
export { type CheckedRequest, checkExportRequest } from './otlp/check-request.js';
export { readExportRequestJson, readExportResponseJson, readRpcStatusJson } from './otlp/json-read.js';
export { writeExportRequestJson, writeExportResponseJson, writeRpcStatusJson } from './otlp/json-write.js';
export type {
  AnyValue,
  ExportTracePartialSuccess,
  ExportTraceServiceRequest,
  ExportTraceServiceResponse,
  InstrumentationScope,
  KeyValue,
  KeyValueList,
  ReadExportResult,
  ReadLimits,
  Resource,
  ResourceSpans,
  RpcStatus,
  ScopeSpans,
  Span,
  SpanEvent,
  SpanKind,
  SpanLink,
  SpanRejection,
  Status,
  StatusCode,
} from './otlp/messages.js';
export { DEFAULT_READ_LIMITS } from './otlp/read-budget.js';
export { readExportRequest } from './otlp/read-request.js';
export { readExportResponse, readRpcStatus } from './otlp/read-response.js';
export { writeAnyValue, writeAttribute, writeAttributes, writeKeyValue } from './otlp/write-attributes.js';
export {
  assembleExportRequest,
  type EncodedExport,
  encodedExportSizeBytes,
  encodeExportRequest,
  framedSpanSizeBytes,
  writeExportRequest,
  writeInstrumentationScope,
  writeResource,
  writeResourceSpans,
  writeScopeSpans,
} from './otlp/write-request.js';
export {
  encodeExportResponse,
  encodeRpcStatus,
  writeExportResponse,
  writePartialSuccess,
  writeRpcStatus,
} from './otlp/write-response.js';
export {
  encodeSpan,
  type SpanHead,
  type SpanTail,
  writeSpan,
  writeSpanAttribute,
  writeSpanEvent,
  writeSpanHead,
  writeSpanLink,
  writeSpanTail,
  writeStatus,
} from './otlp/write-span.js';
export { ProtobufReader, type Utf8Check } from './protobuf/reader.js';
export { type TextWriter, webTextWriter } from './protobuf/text-writer.js';
export { FIXED32, FIXED64, LENGTH_DELIMITED, VARINT, varintSizeBytes } from './protobuf/wire-type.js';
export { ProtobufWriter } from './protobuf/writer.js';
