/** What libraries do for a span, written out plainly: the benchmarks run each alone, the made-up tracer all together. */

const TWO_THIRDS = 2 / 3;

/** Names of attributes. */
export const KEYS = ['observation.type', 'observation.input', 'observation.output', 'service.name'];
/** What a context holds. */
export const CONTEXT_ENTRIES = new Map<string, unknown>([
  ['span', KEYS],
  ['baggage', KEYS],
  ['session', 'lesson'],
]);

/** A context as OpenTelemetry's API makes one: a copy of the map, and closures around it. */
export class ContextCopy {
  readonly get: (key: string) => unknown;
  readonly set: (key: string, value: unknown) => ContextCopy;
  readonly remove: (key: string) => boolean;

  constructor(source: ReadonlyMap<string, unknown>) {
    const entries = new Map(source);
    this.get = (key) => entries.get(key);
    this.set = (key, value) => new ContextCopy(new Map([...entries, [key, value]]));
    this.remove = (key) => entries.delete(key);
  }
}

/** Looks at an attribute and stores it. */
export function setAttribute(attributes: Record<string, unknown>, key: string, value: unknown): boolean {
  if (value === null || value === undefined || key.length === 0) return false;
  const type = typeof value;
  if (type !== 'string' && type !== 'number' && type !== 'boolean') return false;
  const isNew = !Object.hasOwn(attributes, key);
  attributes[key] = value;
  return isNew;
}

/** As wide as the spans that libraries keep: identity, times, lists, an attribute table, a reference to each of its parents. */
export function createSpan(index: number): object {
  return {
    context: { traceId: 'trace', spanId: index, flags: 1, state: undefined },
    parent: undefined,
    kind: 0,
    attributes: {},
    links: [],
    events: [],
    start: [index, index],
    end: [0, 0],
    duration: [-1, -1],
    status: { code: 0 },
    name: 'step',
    resource: KEYS,
    scope: KEYS,
    processor: KEYS,
    limits: KEYS,
    droppedAttributes: 0,
    droppedEvents: 0,
    droppedLinks: 0,
    count: 0,
    ended: index * TWO_THIRDS > 1,
    startedAt: index + 0.5,
    offset: 0.25,
  };
}

/** Takes a table apart, filters it and puts it together again. */
export function rebuild(index: number): object {
  const fields = {
    type: 'span',
    level: undefined,
    statusMessage: undefined,
    version: undefined,
    input: index,
    output: undefined,
    model: undefined,
    usage: undefined,
    cost: undefined,
    start: undefined,
    parameters: undefined,
    promptName: undefined,
    promptVersion: undefined,
    environment: undefined,
    release: undefined,
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** Looks at each property of a captured value. */
export function inspect(value: object): number {
  let strings = 0;
  if (Object.getPrototypeOf(value) !== Object.prototype) return 0;
  if (typeof (value as { toJSON?: unknown }).toJSON === 'function') return 0;
  for (const key of Object.keys(value)) {
    const item: unknown = (value as Record<string, unknown>)[key];
    if (typeof item === 'string') strings += key.length;
  }
  return strings;
}
