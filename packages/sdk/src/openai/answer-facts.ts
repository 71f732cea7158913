import type { AnswerFacts } from '../model-calls/endpoint.js';
import { type LooseObject, presentOnly, textOf } from '../model-calls/loose-object.js';
import { costDetails, usageDetails } from '../model-calls/usage.js';

/** What stands at the top of an answer in each of the APIs. `more` is metadata too. */
export function headFacts(answer: LooseObject, output: unknown, more?: Readonly<Record<string, unknown>>): AnswerFacts {
  const { usage } = answer;
  return {
    model: textOf(answer.model),
    output,
    usageDetails: usageDetails(usage),
    costDetails: costDetails(usage),
    metadata: presentOnly({
      responseId: textOf(answer.id),
      provider: textOf(answer.provider),
      serviceTier: textOf(answer.service_tier),
      systemFingerprint: textOf(answer.system_fingerprint),
      ...more,
    }),
  };
}

/** One value as itself, several as a list. */
export function oneOrAll(values: readonly unknown[]): unknown {
  return values.length === 1 ? values[0] : values.length === 0 ? undefined : values;
}

/** The head of a streamed answer, of which each chunk tells a part. */
export class StreamedHead {
  readonly #head: Record<string, unknown> = {};

  /** Most chunks repeat what is known. */
  take(chunk: LooseObject): void {
    const head = this.#head;
    if (head.model === undefined || head.id === undefined) {
      for (const name of ['id', 'model', 'provider', 'system_fingerprint']) head[name] ??= textOf(chunk[name]);
    }
    if (chunk.service_tier) head.service_tier = chunk.service_tier;
    if (chunk.usage) head.usage = chunk.usage;
  }

  facts(output: unknown, more?: Readonly<Record<string, unknown>>): AnswerFacts {
    return headFacts(this.#head, output, more);
  }
}
