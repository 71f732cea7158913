import type { ObservationType } from '../core.js';
import { type Fields, fieldsOf, firstText, textsOf } from '../framework-events/records.js';

/** What a run begins with, from whichever of LangChain's callbacks. */
export interface RunStart {
  readonly type: ObservationType;
  readonly name: string;
  readonly runId: string;
  readonly parentRunId: string | undefined;
  /** LangChain's list, which it holds as long as it can still report the end. */
  readonly tags: unknown;
  readonly metadata: unknown;
}

/** What an application gave a run besides its values. */
export interface Labels {
  readonly tags: readonly string[];
  readonly metadata: Fields;
}

/** Arguments of the start callbacks as LangChain passes them, which is not the order that its types declare for chains. */
export type ChainStart = readonly [
  chain: unknown,
  inputs: unknown,
  runId: string,
  parentRunId?: string,
  tags?: string[],
  metadata?: Record<string, unknown>,
  runType?: string,
  runName?: string,
  extra?: Record<string, unknown>,
];
export type ModelStart = readonly [
  model: unknown,
  input: unknown,
  runId: string,
  parentRunId?: string,
  extraParams?: Record<string, unknown>,
  tags?: string[],
  metadata?: Record<string, unknown>,
  runName?: string,
];
export type ToolStart = readonly [
  tool: unknown,
  input: unknown,
  runId: string,
  parentRunId?: string,
  tags?: string[],
  metadata?: Record<string, unknown>,
  runName?: string,
  toolCallId?: string,
];

const HIDDEN_TAG = 'langsmith:hidden';
/** What LangChain and LangGraph tag and annotate for themselves. */
const INTERNAL_TAG = /^(?:seq:step|map:key|graph:step|langsmith):/;
const INTERNAL_METADATA =
  /^(?:ls_|__|langgraph_(?:path|triggers|checkpoint_ns|request_id)$|checkpoint_(?:ns|id|map)$|versions$)/;

/** Trace-level values in the metadata of a run. */
const TRACE_METADATA: ReadonlySet<string> = new Set([
  'userId',
  'sessionId',
  'langfuseUserId',
  'langfuseSessionId',
  'langfuseTags',
]);

export function chainStart(args: ChainStart): RunStart {
  const [chain, , runId, parentRunId, tags, metadata, , runName] = args;
  const name = nameOf(runName, chain, 'chain');
  // LangGraph's `Branch<agent,…>` only comes after one.
  const isAgent = /agent/i.test(name) && !name.includes('<');
  return { type: isAgent ? 'agent' : 'chain', name, runId, parentRunId, tags, metadata };
}

export function modelStart(args: ModelStart): RunStart {
  const [model, , runId, parentRunId, , tags, metadata, runName] = args;
  return { type: 'generation', name: nameOf(runName, model, 'llm'), runId, parentRunId, tags, metadata };
}

export function toolStart(type: 'tool' | 'retriever', args: ToolStart): RunStart {
  const [tool, , runId, parentRunId, tags, metadata, runName] = args;
  return { type, name: nameOf(runName, tool, type), runId, parentRunId, tags, metadata };
}

/** Steps that LangGraph asks not to show. Models and tools below them only inherit the tag. */
export function isHidden({ type, tags }: RunStart): boolean {
  return (type === 'chain' || type === 'agent') && Array.isArray(tags) && tags.includes(HIDDEN_TAG);
}

/** The application's own labels, and the graph's node and step. */
export function labelsOf({ tags, metadata }: RunStart): Labels {
  const own: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(fieldsOf(metadata))) if (!INTERNAL_METADATA.test(key)) own[key] = value;
  return { tags: textsOf(tags).filter((tag) => !INTERNAL_TAG.test(tag)), metadata: own };
}

/** As an observation's metadata. Runs inherit labels, which are recorded where they first appear. */
export function newLabels(labels: Labels, inherited: Labels | undefined): Record<string, unknown> | undefined {
  const added: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(labels.metadata)) {
    if (!TRACE_METADATA.has(key) && inherited?.metadata[key] !== value) added[key] = value;
  }
  const tags = inherited === undefined ? labels.tags : labels.tags.filter((tag) => !inherited.tags.includes(tag));
  if (tags.length > 0) added.tags = tags;
  return Object.keys(added).length > 0 ? added : undefined;
}

function nameOf(runName: unknown, serialized: unknown, fallback: string): string {
  const { name, id } = fieldsOf(serialized);
  return firstText(runName, name, Array.isArray(id) ? id.at(-1) : undefined) ?? fallback;
}
