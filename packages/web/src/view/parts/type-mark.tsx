import type { ObservationType } from '@slipstream/query-api';
import type { ReactNode } from 'react';

/** A shape of its own for each type, so that colour is not the only sign. */
const SHAPES: Record<ObservationType, ReactNode> = {
  span: <rect x="2.5" y="6" width="11" height="4" rx="2" className="solid" />,
  generation: <path d="M8 1.5l1.7 4.8L14.5 8l-4.8 1.7L8 14.5 6.3 9.7 1.5 8l4.8-1.7z" className="solid" />,
  event: <path d="M8 2.5L13.5 8 8 13.5 2.5 8z" className="solid" />,
  agent: (
    <>
      <path d="M8 1.8l5.4 3.1v6.2L8 14.2l-5.4-3.1V4.9z" />
      <circle cx="8" cy="8" r="1.9" className="solid" />
    </>
  ),
  tool: (
    <path d="M10 2.3a3.6 3.6 0 0 0-3.3 4.9L2.5 11.4l2.1 2.1 4.2-4.2A3.6 3.6 0 0 0 13.6 5l-2.1 2.1-2-.6-.6-2L11 2.4z" />
  ),
  chain: (
    <>
      <rect x="1.8" y="5.5" width="7" height="5" rx="2.5" />
      <rect x="7.2" y="5.5" width="7" height="5" rx="2.5" />
    </>
  ),
  retriever: <path d="M7 12a5 5 0 1 0 0-10 5 5 0 0 0 0 10zM10.7 10.7L14 14" />,
  embedding: (
    <>
      <circle cx="4" cy="4" r="1.6" className="solid" />
      <circle cx="12" cy="4" r="1.6" className="solid" />
      <circle cx="8" cy="8" r="1.6" className="solid" />
      <circle cx="4" cy="12" r="1.6" className="solid" />
      <circle cx="12" cy="12" r="1.6" className="solid" />
    </>
  ),
  evaluator: <path d="M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8zM5.2 8.2l2 2 3.6-4" />,
  guardrail: <path d="M8 1.8l5 1.9v3.8c0 3.2-2 5.5-5 6.7-3-1.2-5-3.5-5-6.7V3.7z" />,
};

/** The mark of an observation's type, in the type's colour. */
export function TypeMark({ type }: { type: ObservationType }) {
  return (
    <svg className="type-mark" data-type={type} width="14" height="14" viewBox="0 0 16 16" role="img" aria-label={type}>
      <title>{type}</title>
      {SHAPES[type]}
    </svg>
  );
}
