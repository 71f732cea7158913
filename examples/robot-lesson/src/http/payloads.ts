import { z } from 'zod';
import { LessonError } from '../errors.js';

/** Longest lesson material, in UTF-16 units: some 30,000 tokens. */
export const MAX_CONTEXT_LENGTH = 120_000;

const id = z.string().regex(/^[\w.:-]{1,128}$/, 'must be 1 to 128 letters, digits or . : _ -');

const initSchema = z.object({
  conversation_id: id,
  bot_id: id,
  user_id: id,
  lesson_id: id.optional(),
  language: z.enum(['vi', 'en']).default('vi'),
});

const webhookSchema = z.object({
  conversation_id: id,
  message: z.string().max(4_000),
  context: z.string().max(MAX_CONTEXT_LENGTH).default(''),
  max_reply_tokens: z.int().min(1).max(4_096).optional(),
});

/** Body of `POST /init_conversation`. */
export type InitPayload = z.infer<typeof initSchema>;

/** Body of `POST /webhook`: what the pupil said, and the lesson material that the robot has open. */
export type WebhookPayload = z.infer<typeof webhookSchema>;

/** @throws LessonError `INVALID_PAYLOAD` */
export function parseInitPayload(body: unknown): InitPayload {
  return parsePayload(initSchema, body);
}

/** @throws LessonError `INVALID_PAYLOAD` */
export function parseWebhookPayload(body: unknown): WebhookPayload {
  return parsePayload(webhookSchema, body);
}

function parsePayload<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'body'}: ${issue.message}`);
  throw new LessonError('INVALID_PAYLOAD', problems.join('; '));
}
