/**
 * Field tags (`field number << 3 | wire type`) of the OTLP trace messages, for the writer and the reader.
 * A field that comes with another wire type has another tag, and is thereby skipped as unknown, as protobuf says.
 */
import { FIXED32, FIXED64, LENGTH_DELIMITED, VARINT } from '../protobuf/wire-type.js';

export const REQUEST_RESOURCE_SPANS = (1 << 3) | LENGTH_DELIMITED;

export const RESOURCE_SPANS_RESOURCE = (1 << 3) | LENGTH_DELIMITED;
export const RESOURCE_SPANS_SCOPE_SPANS = (2 << 3) | LENGTH_DELIMITED;
export const RESOURCE_SPANS_SCHEMA_URL = (3 << 3) | LENGTH_DELIMITED;

export const RESOURCE_ATTRIBUTES = (1 << 3) | LENGTH_DELIMITED;
export const RESOURCE_DROPPED_ATTRIBUTES_COUNT = (2 << 3) | VARINT;

export const SCOPE_SPANS_SCOPE = (1 << 3) | LENGTH_DELIMITED;
export const SCOPE_SPANS_SPANS = (2 << 3) | LENGTH_DELIMITED;
export const SCOPE_SPANS_SCHEMA_URL = (3 << 3) | LENGTH_DELIMITED;

export const SCOPE_NAME = (1 << 3) | LENGTH_DELIMITED;
export const SCOPE_VERSION = (2 << 3) | LENGTH_DELIMITED;
export const SCOPE_ATTRIBUTES = (3 << 3) | LENGTH_DELIMITED;
export const SCOPE_DROPPED_ATTRIBUTES_COUNT = (4 << 3) | VARINT;

export const SPAN_TRACE_ID = (1 << 3) | LENGTH_DELIMITED;
export const SPAN_SPAN_ID = (2 << 3) | LENGTH_DELIMITED;
export const SPAN_TRACE_STATE = (3 << 3) | LENGTH_DELIMITED;
export const SPAN_PARENT_SPAN_ID = (4 << 3) | LENGTH_DELIMITED;
export const SPAN_NAME = (5 << 3) | LENGTH_DELIMITED;
export const SPAN_KIND = (6 << 3) | VARINT;
export const SPAN_START_TIME = (7 << 3) | FIXED64;
export const SPAN_END_TIME = (8 << 3) | FIXED64;
export const SPAN_ATTRIBUTES = (9 << 3) | LENGTH_DELIMITED;
export const SPAN_DROPPED_ATTRIBUTES_COUNT = (10 << 3) | VARINT;
export const SPAN_EVENTS = (11 << 3) | LENGTH_DELIMITED;
export const SPAN_DROPPED_EVENTS_COUNT = (12 << 3) | VARINT;
export const SPAN_LINKS = (13 << 3) | LENGTH_DELIMITED;
export const SPAN_DROPPED_LINKS_COUNT = (14 << 3) | VARINT;
export const SPAN_STATUS = (15 << 3) | LENGTH_DELIMITED;
export const SPAN_FLAGS = (16 << 3) | FIXED32;

export const EVENT_TIME = (1 << 3) | FIXED64;
export const EVENT_NAME = (2 << 3) | LENGTH_DELIMITED;
export const EVENT_ATTRIBUTES = (3 << 3) | LENGTH_DELIMITED;
export const EVENT_DROPPED_ATTRIBUTES_COUNT = (4 << 3) | VARINT;

export const LINK_TRACE_ID = (1 << 3) | LENGTH_DELIMITED;
export const LINK_SPAN_ID = (2 << 3) | LENGTH_DELIMITED;
export const LINK_TRACE_STATE = (3 << 3) | LENGTH_DELIMITED;
export const LINK_ATTRIBUTES = (4 << 3) | LENGTH_DELIMITED;
export const LINK_DROPPED_ATTRIBUTES_COUNT = (5 << 3) | VARINT;
export const LINK_FLAGS = (6 << 3) | FIXED32;

/** Number 1 is reserved. */
export const STATUS_MESSAGE = (2 << 3) | LENGTH_DELIMITED;
export const STATUS_CODE = (3 << 3) | VARINT;

export const KEY_VALUE_KEY = (1 << 3) | LENGTH_DELIMITED;
export const KEY_VALUE_VALUE = (2 << 3) | LENGTH_DELIMITED;

export const ANY_STRING = (1 << 3) | LENGTH_DELIMITED;
export const ANY_BOOL = (2 << 3) | VARINT;
export const ANY_INT = (3 << 3) | VARINT;
export const ANY_DOUBLE = (4 << 3) | FIXED64;
export const ANY_ARRAY = (5 << 3) | LENGTH_DELIMITED;
export const ANY_KEY_VALUE_LIST = (6 << 3) | LENGTH_DELIMITED;
export const ANY_BYTES = (7 << 3) | LENGTH_DELIMITED;

/** `ArrayValue.values` and `KeyValueList.values`. */
export const LIST_VALUES = (1 << 3) | LENGTH_DELIMITED;

export const RESPONSE_PARTIAL_SUCCESS = (1 << 3) | LENGTH_DELIMITED;
export const PARTIAL_SUCCESS_REJECTED_SPANS = (1 << 3) | VARINT;
export const PARTIAL_SUCCESS_ERROR_MESSAGE = (2 << 3) | LENGTH_DELIMITED;

export const RPC_STATUS_CODE = (1 << 3) | VARINT;
export const RPC_STATUS_MESSAGE = (2 << 3) | LENGTH_DELIMITED;
