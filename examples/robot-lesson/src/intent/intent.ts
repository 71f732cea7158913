/** What a pupil's message can mean. */
export const INTENTS = [
  'answer_correct',
  'answer_close',
  'answer_wrong',
  'yes',
  'no',
  'repeat',
  'stop',
  'question',
  'small_talk',
  'unknown',
] as const;

export type Intent = (typeof INTENTS)[number];

/** An intent, and how it was found. */
export interface ClassifiedIntent {
  readonly intent: Intent;
  readonly source: 'phoneme' | 'llm' | 'fallback';
  /** 0 to 1. */
  readonly confidence: number;
}
