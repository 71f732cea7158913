/** What the runner asks of the model's process. */
export interface LlmRequest {
  readonly type: 'stop';
}

/** What the model's process says once: where an OpenAI client finds it. */
export interface LlmReply {
  readonly type: 'listening';
  readonly url: string;
}
