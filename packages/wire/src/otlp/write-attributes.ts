import type { ProtobufWriter } from '../protobuf/writer.js';
import { textOfNonInt64 } from './int64.js';
import type { AnyValue, KeyValue } from './messages.js';
import {
  ANY_ARRAY,
  ANY_BOOL,
  ANY_BYTES,
  ANY_DOUBLE,
  ANY_INT,
  ANY_KEY_VALUE_LIST,
  ANY_STRING,
  KEY_VALUE_KEY,
  KEY_VALUE_VALUE,
  LIST_VALUES,
} from './tags.js';

/** Tag and length of the parts around a string value, about. */
const FRAME_BYTES = 8;

/** A string's size as a guess for the lengths of what holds it; everything else is nearly always below 128 bytes. */
function expectedBytes(value: AnyValue): number {
  return typeof value === 'string' || value instanceof Uint8Array ? value.length + FRAME_BYTES : 0;
}

/**
 * Writes the fields of an `AnyValue`: exactly one of the oneof, or none for `null`.
 *
 * | no. | field        | wire type        | from                                        |
 * |-----|--------------|------------------|---------------------------------------------|
 * | 1   | string_value | length-delimited | string; a bigint that int64 cannot hold     |
 * | 2   | bool_value   | varint           | boolean                                     |
 * | 3   | int_value    | varint           | bigint                                      |
 * | 4   | double_value | fixed64          | number                                      |
 * | 5   | array_value  | length-delimited | array                                       |
 * | 6   | kvlist_value | length-delimited | {@link KeyValueList}                        |
 * | 7   | bytes_value  | length-delimited | Uint8Array                                  |
 *
 * Members of a oneof are written even when they are zero. Nesting is the producer's to bound: a reader with default
 * limits refuses more than 16 levels.
 */
export function writeAnyValue(writer: ProtobufWriter, value: AnyValue): void {
  switch (typeof value) {
    case 'string':
      writer.stringField(ANY_STRING, value);
      return;
    case 'boolean':
      writer.varintField(ANY_BOOL, value ? 1 : 0);
      return;
    case 'number':
      writer.doubleField(ANY_DOUBLE, value);
      return;
    case 'bigint':
      writeBigint(writer, value);
      return;
    default:
      if (value !== null) writeStructure(writer, value);
  }
}

function writeBigint(writer: ProtobufWriter, value: bigint): void {
  const text = textOfNonInt64(value);
  if (text === undefined) writer.int64Field(ANY_INT, value);
  else writer.stringField(ANY_STRING, text);
}

function writeStructure(writer: ProtobufWriter, value: Exclude<AnyValue, string | boolean | number | bigint | null>) {
  if (value instanceof Uint8Array) {
    writer.bytesField(ANY_BYTES, value);
  } else if (Array.isArray(value)) {
    writer.beginMessage(ANY_ARRAY);
    for (const element of value) {
      writer.beginMessage(LIST_VALUES, expectedBytes(element));
      writeAnyValue(writer, element);
      writer.endMessage();
    }
    writer.endMessage();
  } else {
    writer.beginMessage(ANY_KEY_VALUE_LIST);
    for (const entry of value.entries) writeAttribute(writer, LIST_VALUES, entry.key, entry.value);
    writer.endMessage();
  }
}

/**
 * Writes the fields of a `KeyValue`.
 *
 * | no. | field | wire type        | omitted    |
 * |-----|-------|------------------|------------|
 * | 1   | key   | length-delimited | when empty |
 * | 2   | value | length-delimited | never      |
 */
export function writeKeyValue(writer: ProtobufWriter, key: string, value: AnyValue): void {
  if (key !== '') writer.stringField(KEY_VALUE_KEY, key);
  writer.beginMessage(KEY_VALUE_VALUE, expectedBytes(value));
  writeAnyValue(writer, value);
  writer.endMessage();
}

/** Writes a whole `KeyValue` field, with tag and length, of a message whose attributes have this tag. */
export function writeAttribute(writer: ProtobufWriter, tag: number, key: string, value: AnyValue): void {
  writer.beginMessage(tag, key.length + expectedBytes(value));
  writeKeyValue(writer, key, value);
  writer.endMessage();
}

/** Writes every attribute of a message whose attributes have this tag. */
export function writeAttributes(writer: ProtobufWriter, tag: number, attributes: readonly KeyValue[]): void {
  for (const attribute of attributes) writeAttribute(writer, tag, attribute.key, attribute.value);
}
