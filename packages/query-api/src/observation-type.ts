import { z } from 'zod';

export const observationTypeSchema = z.enum([
  'span',
  'generation',
  'event',
  'agent',
  'tool',
  'chain',
  'retriever',
  'embedding',
  'evaluator',
  'guardrail',
]);
export type ObservationType = z.infer<typeof observationTypeSchema>;
