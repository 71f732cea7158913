import { assembleExportRequest, type InstrumentationScope, type Resource } from '@slipstream/wire';
import type { EncodedSpan } from './batch.js';

/**
 * A request for spans that may be of several scopes: one request for each, behind each other, which protobuf reads as
 * one.
 */
export function assembleBatch(
  resource: Resource,
  ownScope: InstrumentationScope,
  spans: readonly EncodedSpan[],
): Uint8Array {
  const groups = groupByScope(spans);
  const requests = [...groups].map(([label, encodedSpans]) =>
    assembleExportRequest({ resource, scope: label === undefined ? ownScope : scopeOfLabel(label), encodedSpans }),
  );
  // The usual case is one scope: its bytes are not copied once more.
  return requests.length === 1 ? (requests[0] as Uint8Array) : Buffer.concat(requests);
}

function groupByScope(spans: readonly EncodedSpan[]): Map<string | undefined, Uint8Array[]> {
  const groups = new Map<string | undefined, Uint8Array[]>();
  for (const { scopeLabel, bytes } of spans) {
    const group = groups.get(scopeLabel);
    if (group === undefined) groups.set(scopeLabel, [bytes]);
    else group.push(bytes);
  }
  return groups;
}

function scopeOfLabel(label: string): InstrumentationScope {
  const [name = '', version = ''] = label.split('\0', 2);
  return { name, version, attributes: [], droppedAttributesCount: 0 };
}
