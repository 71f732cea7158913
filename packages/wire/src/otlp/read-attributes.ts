import type { ProtobufReader } from '../protobuf/reader.js';
import type { AnyValue, KeyValue, KeyValueList } from './messages.js';
import type { ReadBudget } from './read-budget.js';
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

/**
 * Reads the fields of an `AnyValue` (field table: `writeAnyValue`). Of several members of the oneof the last counts.
 * `depth` is how many arrays and lists are around it.
 */
export function readAnyValue(reader: ProtobufReader, budget: ReadBudget, depth: number): AnyValue {
  budget.countNode();
  let value: AnyValue = null;
  while (reader.hasMore()) {
    const tag = reader.readTag();
    switch (tag) {
      case ANY_STRING:
        value = reader.readString();
        break;
      case ANY_BOOL:
        value = reader.readBool();
        break;
      case ANY_INT:
        value = reader.readInt64();
        break;
      case ANY_DOUBLE:
        value = reader.readDouble();
        break;
      case ANY_ARRAY:
        value = readArrayValue(reader, budget, depth + 1);
        break;
      case ANY_KEY_VALUE_LIST:
        value = readKeyValueList(reader, budget, depth + 1);
        break;
      case ANY_BYTES:
        value = reader.readBytes();
        break;
      default:
        reader.skip(tag);
    }
  }
  return value;
}

/** Enters and reads an `ArrayValue`: `values` (1), repeated `AnyValue`. */
function readArrayValue(reader: ProtobufReader, budget: ReadBudget, depth: number): AnyValue[] {
  budget.checkDepth(depth);
  const outerLimit = reader.enterMessage();
  const values: AnyValue[] = [];
  while (reader.hasMore()) {
    const tag = reader.readTag();
    if (tag === LIST_VALUES) {
      const arrayLimit = reader.enterMessage();
      values.push(readAnyValue(reader, budget, depth));
      reader.leaveMessage(arrayLimit);
    } else reader.skip(tag);
  }
  reader.leaveMessage(outerLimit);
  return values;
}

/** Enters and reads a `KeyValueList`: `values` (1), repeated `KeyValue`. */
function readKeyValueList(reader: ProtobufReader, budget: ReadBudget, depth: number): KeyValueList {
  budget.checkDepth(depth);
  const outerLimit = reader.enterMessage();
  const entries: KeyValue[] = [];
  while (reader.hasMore()) {
    const tag = reader.readTag();
    if (tag === LIST_VALUES) entries.push(readKeyValue(reader, budget, depth));
    else reader.skip(tag);
  }
  reader.leaveMessage(outerLimit);
  return { entries };
}

/** Enters and reads a `KeyValue` (field table: `writeKeyValue`). A value that is missing is `null`. */
export function readKeyValue(reader: ProtobufReader, budget: ReadBudget, depth: number): KeyValue {
  const outerLimit = reader.enterMessage();
  let key = '';
  let value: AnyValue = null;
  while (reader.hasMore()) {
    const tag = reader.readTag();
    if (tag === KEY_VALUE_KEY) key = reader.readInternedString();
    else if (tag === KEY_VALUE_VALUE) {
      const pairLimit = reader.enterMessage();
      value = readAnyValue(reader, budget, depth);
      reader.leaveMessage(pairLimit);
    } else reader.skip(tag);
  }
  reader.leaveMessage(outerLimit);
  return { key, value };
}

/**
 * Reads one attribute into a list.
 * @throws WireError `too_many_attributes` and what the value's own faults are.
 */
export function readAttributeInto(attributes: KeyValue[], reader: ProtobufReader, budget: ReadBudget): void {
  budget.checkListCount(attributes.length, 'attributes');
  attributes.push(readKeyValue(reader, budget, 0));
}
