import type { Dialect, Target } from './dialect.js';
import { AI_SDK } from './dialects/ai-sdk.js';
import { BARE_NAMES } from './dialects/bare-names.js';
import { FLUE } from './dialects/flue.js';
import { GEN_AI, GEN_AI_HINTS, GEN_AI_INDEXED } from './dialects/gen-ai.js';
import { GEN_AI_EVENTS } from './dialects/gen-ai-events.js';
import { GENKIT } from './dialects/genkit.js';
import { GOOGLE_ADK } from './dialects/google-adk.js';
import { LANGFUSE, LANGFUSE_METADATA } from './dialects/langfuse.js';
import { LIVEKIT } from './dialects/livekit.js';
import { MLFLOW } from './dialects/mlflow.js';
import { OPENINFERENCE, OPENINFERENCE_PARTS } from './dialects/openinference.js';
import { OTEL } from './dialects/otel.js';
import { LOGFIRE, LOGFIRE_EVENTS, PYDANTIC_AI } from './dialects/pydantic-ai.js';
import { SMOLAGENTS } from './dialects/smolagents.js';
import { TRACELOOP } from './dialects/traceloop.js';

/** Who has input and output; both sides go by the same order. */
const CONTENT: readonly Dialect[] = [
  LANGFUSE,
  GENKIT,
  AI_SDK,
  FLUE,
  GEN_AI_EVENTS,
  GOOGLE_ADK,
  LOGFIRE,
  LIVEKIT,
  LOGFIRE_EVENTS,
  MLFLOW,
  TRACELOOP,
  OPENINFERENCE,
  BARE_NAMES,
  PYDANTIC_AI,
  GEN_AI_INDEXED,
  OPENINFERENCE_PARTS,
  GEN_AI,
];

/**
 * Which dialect comes first for each value of the model; the first that has one wins. It follows Langfuse's server, so
 * that a trace looks the same in both; what Langfuse does not read comes last.
 */
export const ORDER: Readonly<Record<Target, readonly Dialect[]>> = {
  type: [
    LANGFUSE,
    OPENINFERENCE,
    GEN_AI,
    GENKIT,
    TRACELOOP,
    AI_SDK,
    GEN_AI_HINTS,
    FLUE,
    LIVEKIT,
    MLFLOW,
    PYDANTIC_AI,
    GOOGLE_ADK,
  ],
  summary: [GEN_AI, AI_SDK, PYDANTIC_AI, GOOGLE_ADK, SMOLAGENTS],
  name: [GEN_AI, GENKIT, LOGFIRE, AI_SDK, OPENINFERENCE, LIVEKIT],
  level: [LANGFUSE],
  statusMessage: [LANGFUSE],
  input: [...CONTENT, SMOLAGENTS],
  output: CONTENT,
  model: [LANGFUSE, GEN_AI, AI_SDK, GEN_AI_HINTS, OPENINFERENCE, BARE_NAMES, GENKIT, MLFLOW],
  modelParameters: [LANGFUSE, GENKIT, OPENINFERENCE, BARE_NAMES],
  singleParameters: [GEN_AI, OPENINFERENCE, AI_SDK, TRACELOOP, SMOLAGENTS],
  usageDetails: [LANGFUSE],
  usage: [GENKIT, AI_SDK, GEN_AI, GOOGLE_ADK, OPENINFERENCE, TRACELOOP, MLFLOW],
  cost: [LANGFUSE, GEN_AI, OPENINFERENCE, PYDANTIC_AI, MLFLOW, AI_SDK],
  completionStart: [LANGFUSE, AI_SDK, GEN_AI, LIVEKIT],
  prompt: [LANGFUSE, AI_SDK, GEN_AI, TRACELOOP],
  metadata: [LANGFUSE, AI_SDK, TRACELOOP, OPENINFERENCE],
  traceName: [LANGFUSE],
  userId: [LANGFUSE, LANGFUSE_METADATA, AI_SDK, TRACELOOP, GEN_AI, MLFLOW, OTEL],
  sessionId: [LANGFUSE, GEN_AI, LANGFUSE_METADATA, AI_SDK, TRACELOOP, GOOGLE_ADK, MLFLOW],
  tags: [LANGFUSE, LANGFUSE_METADATA, AI_SDK, OPENINFERENCE],
  traceInput: [LANGFUSE],
  traceOutput: [LANGFUSE],
  traceMetadata: [LANGFUSE],
  environment: [LANGFUSE, OTEL],
  release: [LANGFUSE],
  version: [LANGFUSE, OTEL],
};
