import { getClient, observe } from '@slipstream/sdk';
import { type Model, streamAnswer } from './model.js';

/** A plain function: its arguments and its result are copied. */
const recogniseWord = observe((message: string) => /[a-z]+(?=\W*$)/i.exec(message)?.[0]?.toLowerCase(), {
  name: 'recognise-word',
  type: 'tool',
});

/** Explains words. The methods are observed, the class is as it was. */
export class Tutor {
  readonly #model: Model;
  #answered = 0;

  constructor(model: Model) {
    this.#model = model;
  }

  /** The entry point: everything below it is one trace. */
  @observe({ name: 'tutor.webhook', type: 'agent' })
  async webhook(pupil: string, message: string): Promise<string> {
    getClient().updateCurrentTrace({ userId: pupil, sessionId: `lesson of ${pupil}`, tags: ['example'] });
    const word = recogniseWord(message);
    if (word === undefined) return this.#refuse(message);
    let reply = '';
    for await (const text of this.explain(word)) reply += text;
    getClient().updateCurrentSpan({ metadata: { word, answered: ++this.#answered } });
    return reply;
  }

  /** A generator: its span lasts until the caller has taken the last word, or leaves. */
  @observe({ name: 'tutor.explain', type: 'chain' })
  async *explain(word: string): AsyncGenerator<string> {
    yield `${word}: `;
    yield* streamAnswer(this.#model, `Explain the word "${word}" to a child, in one sentence.`);
  }

  /** Private methods can be observed, too. An error would be recorded, and go on to the caller. */
  @observe({ name: 'tutor.refuse' })
  #refuse(message: string): string {
    getClient().updateCurrentSpan({ level: 'WARNING', statusMessage: 'no word in it' });
    return `Which word do you mean? You said: "${message}"`;
  }
}
