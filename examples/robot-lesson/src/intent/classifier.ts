import { getClient, observe } from '@slipstream/sdk';
import { messageOf } from '../errors.js';
import type { TargetWord } from '../lesson/catalogue.js';
import type { LessonModel, PromptMessage } from '../llm/model.js';
import type { ClassifiedIntent, Intent } from './intent.js';
import { matchByPhonemes, type PhonemeMatch } from './phoneme-rules.js';

/** What the classifier gets to see of a turn. */
export interface IntentRequest {
  readonly message: string;
  readonly target: TargetWord;
}

/** The rules know these better than a model does, so a model is not offered the others. */
const LLM_INTENTS = ['question', 'small_talk', 'answer_wrong'] as const satisfies readonly Intent[];

const MAX_PROMPT_MESSAGE_LENGTH = 500;
const RULE_CONFIDENCE_DIGITS = 2;
const LLM_CONFIDENCE = 0.7;

const matchTraced = observe(
  ({ message, target }: IntentRequest): PhonemeMatch | undefined => {
    const match = matchByPhonemes(message, target.word);
    getClient().updateCurrentSpan({
      metadata: {
        target_word: target.word,
        rule: match?.rule ?? 'none',
        confidence: Number((match?.confidence ?? 0).toFixed(RULE_CONFIDENCE_DIGITS)),
      },
    });
    return match;
  },
  { name: 'intent.phoneme', captureInput: false },
);

/** Tells what a pupil means: by sound first, which costs nothing, else by the model. */
export class IntentClassifier {
  readonly #model: LessonModel;

  constructor(model: LessonModel) {
    this.#model = model;
  }

  /** Never rejects: a model that fails gives the intent `unknown`, and the robot asks again. */
  @observe({ name: 'intent', captureInput: false })
  async classify(request: IntentRequest): Promise<ClassifiedIntent> {
    const match = matchTraced(request);
    if (match !== undefined) return { intent: match.intent, source: 'phoneme', confidence: match.confidence };
    try {
      const label = await this.#model.choose({ messages: intentPrompt(request), labels: LLM_INTENTS });
      const intent = LLM_INTENTS.find((candidate) => candidate === label);
      if (intent !== undefined) return { intent, source: 'llm', confidence: LLM_CONFIDENCE };
    } catch (error) {
      getClient().updateCurrentSpan({ level: 'WARNING', statusMessage: `no intent: ${messageOf(error)}` });
    }
    return { intent: 'unknown', source: 'fallback', confidence: 0 };
  }
}

function intentPrompt({ message, target }: IntentRequest): PromptMessage[] {
  return [
    {
      role: 'system',
      content:
        `A pupil learns the English word "${target.word}" (${target.meaning}) with a robot. ` +
        'Say what the message means: a question, small talk, or a wrong answer.',
    },
    { role: 'user', content: message.slice(0, MAX_PROMPT_MESSAGE_LENGTH) },
  ];
}
