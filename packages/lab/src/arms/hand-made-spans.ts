import { AsyncLocalStorage } from 'node:async_hooks';
import { type Arm, isThenable, type SpanKind } from './contract.js';

/** How a library begins and ends a span by calls of its own. */
export interface HandMadeSpans<Span> {
  /** Without a parent it is the root of a trace. */
  begin(parent: Span | undefined, name: string, input: unknown, kind: SpanKind): Span;
  end(span: Span, output: unknown): void;
  fail(span: Span, error: unknown): void;
}

/**
 * Wraps functions for libraries that are called by hand and know no active span. An application hands the parent down
 * through its own functions; here, where those are the same for every arm, an `AsyncLocalStorage` of the lab does.
 */
export function wrapByHand<Span>(spans: () => HandMadeSpans<Span>): Arm['wrap'] {
  const active = new AsyncLocalStorage<Span>();
  return <Input, Output>(name: string, work: (input: Input) => Output, kind: SpanKind) => {
    const { begin, end, fail } = spans();
    return (input: Input): Output => {
      const span = begin(active.getStore(), name, input, kind);
      let output: Output;
      try {
        output = active.run(span, work, input);
      } catch (error) {
        fail(span, error);
        throw error;
      }
      if (!isThenable(output)) {
        end(span, output);
        return output;
      }
      return output.then(
        (value) => {
          end(span, value);
          return value;
        },
        (error) => {
          fail(span, error);
          throw error;
        },
      ) as Output;
    };
  };
}
