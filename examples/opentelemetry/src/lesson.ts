/** Plans a lesson: instrumented with OpenTelemetry's API, and with `observe` where a function is worth its values. */
import { context, propagation, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { getClient, observe } from '@slipstream/sdk';

const tracer = trace.getTracer('lesson', '1.0.0');

export interface Lesson {
  readonly pupil: string;
  readonly words: readonly string[];
}

/** A span of OpenTelemetry, which begins the trace and says whose it is. */
export function planLesson({ pupil, words }: Lesson, dictionaryUrl: string): Promise<string[]> {
  const baggage = propagation.createBaggage({ pupil: { value: pupil } });
  const withPupil = propagation.setBaggage(context.active(), baggage);
  return tracer.startActiveSpan('lesson.plan', {}, withPupil, async (span) => {
    getClient().updateCurrentTrace({ userId: pupil, sessionId: `lesson of ${pupil}`, tags: ['example'] });
    span.setAttribute('lesson.words', [...words]);
    const meanings = await Promise.all(words.map((word) => explainWord(word, dictionaryUrl)));
    span.addEvent('words explained', { known: meanings.filter((meaning) => meaning !== 'unknown').length });
    span.end();
    return meanings;
  });
}

/** An observation below that span, with argument and result; the request to the dictionary is a span below it. */
const explainWord = observe(
  (word: string, dictionaryUrl: string): Promise<string> =>
    tracer.startActiveSpan('GET', { kind: SpanKind.CLIENT, attributes: { 'url.path': `/words/${word}` } }, (span) =>
      request(`${dictionaryUrl}/words/${encodeURIComponent(word)}`, span),
    ),
  { name: 'explain word', type: 'tool' },
);

async function request(url: string, span: Span): Promise<string> {
  const headers: Record<string, string> = {};
  propagation.inject(context.active(), headers);
  const response = await fetch(url, { headers });
  span.setAttribute('http.response.status_code', response.status);
  if (!response.ok) span.setStatus({ code: SpanStatusCode.ERROR });
  const text = await response.text();
  span.end();
  return response.ok ? text : 'unknown';
}
