import type { ExportTraceServiceRequest, ResourceSpans, ScopeSpans } from '@slipstream/wire';

/**
 * Two requests that hold the spans of one, each about half of them, or `undefined` for a single span.
 * Order, resources and scopes are kept.
 */
export function splitRequest(
  request: ExportTraceServiceRequest,
): readonly [ExportTraceServiceRequest, ExportTraceServiceRequest] | undefined {
  const resources = request.resourceSpans.filter((resource) => countSpans([resource]) > 0);
  const total = countSpans(resources);
  if (total < 2) return undefined;
  const half = Math.floor(total / 2);
  return [
    { resourceSpans: sliceResources(resources, 0, half) },
    { resourceSpans: sliceResources(resources, half, total) },
  ];
}

/** The spans in some resources. */
export function countSpans(resources: readonly ResourceSpans[]): number {
  let count = 0;
  for (const { scopeSpans } of resources) for (const { spans } of scopeSpans) count += spans.length;
  return count;
}

/** The spans with running numbers from `from` to before `to`, in their resources and scopes. */
function sliceResources(resources: readonly ResourceSpans[], from: number, to: number): ResourceSpans[] {
  const kept: ResourceSpans[] = [];
  let index = 0;
  for (const resource of resources) {
    const scopeSpans: ScopeSpans[] = [];
    for (const scope of resource.scopeSpans) {
      const spans = scope.spans.slice(Math.max(0, from - index), Math.max(0, to - index));
      index += scope.spans.length;
      if (spans.length > 0) scopeSpans.push({ ...scope, spans });
    }
    if (scopeSpans.length > 0) kept.push({ ...resource, scopeSpans });
  }
  return kept;
}
