import type { Client, Observation } from '@slipstream/sdk';
import { ask, embed, type Model } from './model.js';

/** What the plan is made with; `say` is told what was done. */
export interface PlanContext {
  readonly client: Client;
  readonly model: Model;
  readonly say: (line: string) => void;
}

const MAX_TOKENS = 60;

/** Plans a lesson for some words: one trace, whose every observation is begun and ended by hand. */
export async function planLesson(context: PlanContext, words: readonly string[]): Promise<void> {
  const trace = context.client.trace({ name: 'plan-lesson', input: words, userId: 'teacher-1', sessionId: 'plan-1' });
  const fitting = checkWords(trace, words);
  const order = await orderByMeaning(context, trace, fitting);
  for (const word of order) await writeSentence(context, trace, word);
  trace.scoreTrace({ name: 'words_kept', value: fitting.length / words.length });
  trace.end({ output: order });
}

/** Without a wait in between: two observations of other types, and an event for each word that goes. */
function checkWords(trace: Observation, words: readonly string[]): readonly string[] {
  const guardrail = trace.guardrail({ name: 'check-words', input: words });
  const fitting = words.filter((word) => /^[a-z]{3,12}$/.test(word));
  for (const word of words.filter((word) => !fitting.includes(word))) {
    guardrail.event({
      name: 'word-refused',
      metadata: { word },
      level: 'WARNING',
      statusMessage: 'too long, or no word',
    });
  }
  guardrail.end({ output: fitting, metadata: { refused: words.length - fitting.length } });
  return fitting;
}

async function orderByMeaning({ model, say }: PlanContext, trace: Observation, words: readonly string[]) {
  const chain = trace.chain({ name: 'order', input: words });
  const embedding = chain.embedding({ name: 'embed', input: words, model: 'text-embedding-3-small' });
  const vectors = await embed(model, words);
  // Vectors say nothing to a reader, and are long: their number does.
  embedding.end({ metadata: { vectors: vectors.length, dimensions: vectors[0]?.length ?? 0 } });
  const order = words.map((word, index) => ({ word, at: vectors[index]?.[0] ?? 0 })).sort((a, b) => a.at - b.at);
  chain.end({ output: order.map(({ word }) => word) });
  say(`order: ${order.map(({ word }) => word).join(', ')}`);
  return order.map(({ word }) => word);
}

/** A call of the model that may fail: then it is an error on its generation, and the others go on. */
async function writeSentence({ client, model, say }: PlanContext, trace: Observation, word: string): Promise<void> {
  const prompt = `One short sentence with the word "${word}".`;
  const generation = trace.generation({
    name: 'sentence',
    input: [{ role: 'user', content: prompt }],
    model: model.name,
    modelParameters: { max_tokens: MAX_TOKENS },
    prompt: { name: 'one-sentence', version: 3 },
  });
  try {
    const answer = await ask(model, prompt, MAX_TOKENS);
    const costDetails = answer.cost === undefined ? undefined : { total: answer.cost };
    generation.end({ output: answer.text, model: answer.model, usageDetails: answer.usage, costDetails });
    judge(client, { traceId: generation.traceId, spanId: generation.id }, answer.text);
    say(`${word}: ${answer.text}`);
  } catch (error) {
    generation.end({ level: 'ERROR', statusMessage: String(error) });
  }
}

/** As another process would: it has only the ids, from a queue's message for instance. */
function judge(client: Client, judged: { readonly traceId: string; readonly spanId: string }, text: string): void {
  const evaluator = client.evaluator({ name: 'judge-sentence', parent: judged, input: text });
  const wordCount = text.split(/\s+/).length;
  client.score({ traceId: judged.traceId, observationId: judged.spanId, name: 'word_count', value: wordCount });
  evaluator.end({ output: { wordCount } });
}
