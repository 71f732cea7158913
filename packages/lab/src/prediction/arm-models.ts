import type { Library } from '../arms/registry.js';
import type { ArmModel } from './arm-model.js';
import { DD_TRACE_MODEL } from './arms/dd-trace.js';
import { LAMINAR_MODEL } from './arms/laminar.js';
import { LANGFUSE_MODEL } from './arms/langfuse.js';
import { LANGFUSE_3_MODEL } from './arms/langfuse-3.js';
import { OPENTELEMETRY_MODEL } from './arms/opentelemetry.js';
import { SLIPSTREAM_MODEL } from './arms/slipstream.js';

const UNTRACED_MODEL: ArmModel = { terms: () => [], batchSpans: () => 0, leftOut: 'nothing' };

/** Sentry, Opik and LangSmith are measured and not predicted: nobody has counted what they do. */
const MODELS: Readonly<Partial<Record<Library, ArmModel>>> = {
  none: UNTRACED_MODEL,
  slipstream: SLIPSTREAM_MODEL,
  opentelemetry: OPENTELEMETRY_MODEL,
  langfuse: LANGFUSE_MODEL,
  'langfuse-3': LANGFUSE_3_MODEL,
  'dd-trace': DD_TRACE_MODEL,
  laminar: LAMINAR_MODEL,
};

/** The model of a library; undefined where its operations were not counted. */
export function modelOf(library: Library): ArmModel | undefined {
  return MODELS[library];
}
