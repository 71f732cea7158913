import { ATTRIBUTE } from '../attributes/keys.js';
import type { InstrumentationScope, Resource } from '../otlp/messages.js';
import { type AttributeMap, findText } from './attribute-map.js';
import { OBSERVATION_TYPES, type ObservationType } from './observation.js';

interface TypeTable {
  readonly key: string;
  readonly types: ReadonlyMap<string, ObservationType>;
}

/** Keys whose value names a kind of work, in order of precedence. Values are compared in lower case. */
const TYPE_TABLES: readonly TypeTable[] = [
  {
    key: 'openinference.span.kind',
    types: new Map<string, ObservationType>([
      ['chain', 'chain'],
      ['retriever', 'retriever'],
      ['reranker', 'retriever'],
      ['llm', 'generation'],
      ['embedding', 'embedding'],
      ['agent', 'agent'],
      ['tool', 'tool'],
      ['guardrail', 'guardrail'],
      ['evaluator', 'evaluator'],
    ]),
  },
  {
    key: 'gen_ai.operation.name',
    types: new Map<string, ObservationType>([
      ['chat', 'generation'],
      ['completion', 'generation'],
      ['text_completion', 'generation'],
      ['generate_content', 'generation'],
      ['generate', 'generation'],
      ['embeddings', 'embedding'],
      ['retrieval', 'retriever'],
      ['invoke_agent', 'agent'],
      ['create_agent', 'agent'],
      ['invoke_workflow', 'chain'],
      ['execute_tool', 'tool'],
    ]),
  },
  {
    key: 'genkit:metadata:subtype',
    types: new Map<string, ObservationType>([
      ['background-model', 'generation'],
      ['model', 'generation'],
      ['embedder', 'embedding'],
      ['tool', 'tool'],
      ['tool.v2', 'tool'],
      ['retriever', 'retriever'],
      ['evaluator', 'evaluator'],
    ]),
  },
  {
    key: 'traceloop.span.kind',
    types: new Map<string, ObservationType>([
      ['workflow', 'chain'],
      ['task', 'span'],
      ['agent', 'agent'],
      ['tool', 'tool'],
    ]),
  },
  {
    key: 'llm.request.type',
    types: new Map<string, ObservationType>([
      ['chat', 'generation'],
      ['completion', 'generation'],
      ['embedding', 'embedding'],
      ['rerank', 'retriever'],
    ]),
  },
];

/** The AI SDK's inner operations, which talk to a model; its outer ones repeat their model and usage. */
const AI_SDK_MODEL_OPERATIONS: ReadonlyMap<string, ObservationType> = new Map<string, ObservationType>([
  ['ai.generateText.doGenerate', 'generation'],
  ['ai.streamText.doStream', 'generation'],
  ['ai.generateObject.doGenerate', 'generation'],
  ['ai.streamObject.doStream', 'generation'],
  ['ai.embed.doEmbed', 'embedding'],
  ['ai.embedMany.doEmbed', 'embedding'],
  ['ai.toolCall', 'tool'],
]);

const TOOL_KEYS = ['gen_ai.tool.name', 'gen_ai.tool.call.id', 'flue.tool.name', 'flue.tool.call_id'];
const AGENT_KEYS = ['flue.task.id', 'flue.task.agent'];

const MODEL_KEYS = [
  ATTRIBUTE.observationModel,
  'gen_ai.request.model',
  'gen_ai.response.model',
  'llm.model_name',
  'llm.request.model_name',
  'llm.response.model_name',
  'model',
];

const LIVEKIT_TYPES: ReadonlyMap<string, ObservationType> = new Map<string, ObservationType>([
  ['agent_turn', 'agent'],
  ['start_agent_activity', 'agent'],
  ['function_tool', 'tool'],
]);

/** Operations that sum up what spans below them report; counting both would double tokens and cost. */
const SUMMARY_OPERATIONS: ReadonlySet<string> = new Set(['invoke_agent', 'agent_step', 'invoke_workflow']);

/** What a generation of the Python SDK up to 3.3 carries although it calls itself a span. */
const GENERATION_KEYS = [
  ATTRIBUTE.observationModel,
  ATTRIBUTE.observationModelParameters,
  ATTRIBUTE.observationUsageDetails,
  ATTRIBUTE.observationCostDetails,
  ATTRIBUTE.observationCompletionStartTime,
  ATTRIBUTE.observationPromptName,
  ATTRIBUTE.observationPromptVersion,
];

/** Where a span comes from, as far as its type can depend on it. */
export interface SpanOrigin {
  readonly spanName: string;
  readonly resource: Resource;
  readonly scope: InstrumentationScope;
}

/** The kind of work a span stands for; the first rule that knows it decides, and `span` stands for "no rule does". */
export function observationType(attributes: AttributeMap, origin: SpanOrigin): ObservationType {
  return (
    explicitType(attributes, origin) ??
    typeFromTables(attributes) ??
    typeFromAiSdk(attributes) ??
    typeFromHints(attributes, origin)
  );
}

function explicitType(attributes: AttributeMap, origin: SpanOrigin): ObservationType | undefined {
  const text = attributes.peekText(ATTRIBUTE.observationType)?.toLowerCase();
  const type = OBSERVATION_TYPES.find((known) => known === text);
  if (type === undefined) return undefined;
  attributes.remove(ATTRIBUTE.observationType);
  return type === 'span' && isMislabelledGeneration(attributes, origin) ? 'generation' : type;
}

function isMislabelledGeneration(attributes: AttributeMap, { scope, resource }: SpanOrigin): boolean {
  if (scope.name !== 'langfuse-sdk' || findText(resource.attributes, 'telemetry.sdk.language') !== 'python')
    return false;
  const [major = 0, minor = 0] = scope.version.split('.').map(Number);
  if (major > 3 || (major === 3 && minor > 3)) return false;
  return attributes.hasAny(GENERATION_KEYS);
}

function typeFromTables(attributes: AttributeMap): ObservationType | undefined {
  for (const { key, types } of TYPE_TABLES) {
    const value = attributes.peekText(key);
    const type = value === undefined ? undefined : types.get(value.toLowerCase());
    if (type !== undefined) return type;
  }
  return undefined;
}

/** The AI SDK's operation without the function id that may follow it; `undefined` for other senders. */
function aiSdkOperation(attributes: AttributeMap): string | undefined {
  const operation = attributes.peekText('ai.operationId') ?? attributes.peekText('operation.name');
  return operation?.startsWith('ai.') ? operation.split(' ', 1)[0] : undefined;
}

function typeFromAiSdk(attributes: AttributeMap): ObservationType | undefined {
  const operation = aiSdkOperation(attributes);
  return operation === undefined ? undefined : (AI_SDK_MODEL_OPERATIONS.get(operation) ?? 'span');
}

function typeFromHints(attributes: AttributeMap, { spanName, scope }: SpanOrigin): ObservationType {
  if (attributes.hasAny(TOOL_KEYS)) return 'tool';
  if (attributes.hasAny(AGENT_KEYS)) return 'agent';
  const livekitType = scope.name === 'livekit-agents' ? LIVEKIT_TYPES.get(spanName) : undefined;
  if (livekitType !== undefined) return livekitType;
  return attributes.hasAny(MODEL_KEYS) ? 'generation' : 'span';
}

/** Whether a span only sums up its descendants' model calls, so that its own model, usage and cost do not count. */
export function isSummaryOfModelCalls(attributes: AttributeMap): boolean {
  if (SUMMARY_OPERATIONS.has(attributes.peekText('gen_ai.operation.name') ?? '')) return true;
  const operation = aiSdkOperation(attributes);
  return operation !== undefined && !AI_SDK_MODEL_OPERATIONS.has(operation);
}
