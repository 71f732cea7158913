import type { ForeignLink } from '../core.js';
import type { OtelLink, OtelSpanContext } from './api-types.js';
import { AttributeList } from './attribute-list.js';

const TRACE_ID = /^[0-9a-f]{32}$/i;
const SPAN_ID = /^[0-9a-f]{16}$/i;
const ZEROS = /^0+$/;

const HAS_IS_REMOTE = 0x100;
const IS_REMOTE = 0x200;

/**
 * A link as it is recorded, or `undefined` for one that links to nothing: ids that are none, or all zeros without
 * attributes or trace state to tell of (the specification wants those that have any).
 */
export function readLink(link: unknown, maxAttributes: number, maxValueLength: number): ForeignLink | undefined {
  try {
    const { context, attributes } = link as OtelLink;
    const { traceId, spanId } = context;
    if (!TRACE_ID.test(traceId) || !SPAN_ID.test(spanId)) return undefined;
    const traceState = traceStateOf(context);
    const attributeList = readAttributes(attributes, maxAttributes, maxValueLength);
    const isNowhere = ZEROS.test(traceId) || ZEROS.test(spanId);
    if (isNowhere && traceState === '' && attributeList === undefined) return undefined;
    return {
      traceId: traceId.toLowerCase(),
      spanId: spanId.toLowerCase(),
      traceState,
      flags: flagsOf(context),
      attributeList,
    };
  } catch {
    // Not a link at all, or one whose getters throw.
    return undefined;
  }
}

function readAttributes(attributes: unknown, maxCount: number, maxValueLength: number): AttributeList | undefined {
  if (attributes === undefined) return undefined;
  const list = new AttributeList(maxCount, maxValueLength);
  list.setAll(attributes);
  return list.keys.length === 0 && list.droppedCount === 0 ? undefined : list;
}

function traceStateOf({ traceState }: OtelSpanContext): string {
  const text = traceState?.serialize();
  return typeof text === 'string' ? text : '';
}

function flagsOf({ traceFlags, isRemote }: OtelSpanContext): number {
  return (Number(traceFlags) & 0xff) | HAS_IS_REMOTE | (isRemote === true ? IS_REMOTE : 0);
}
