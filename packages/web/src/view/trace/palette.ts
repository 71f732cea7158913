import type { ObservationType } from '@slipstream/query-api';

/** Colours for the canvas, which cannot read custom properties by itself. */
export interface Palette {
  readonly types: Readonly<Record<ObservationType, string>>;
  readonly error: string;
  readonly grid: string;
  readonly mark: string;
}

const TYPES: readonly ObservationType[] = [
  'span',
  'generation',
  'event',
  'agent',
  'tool',
  'chain',
  'retriever',
  'embedding',
  'evaluator',
  'guardrail',
];

/** Resolves the tokens as they are for an element now; call it again after the theme changed. */
export function readPalette(element: HTMLElement): Palette {
  const probe = document.createElement('span');
  element.append(probe);
  const resolve = (token: string) => {
    probe.style.color = `var(${token})`;
    return getComputedStyle(probe).color;
  };
  const types = Object.fromEntries(TYPES.map((type) => [type, resolve(`--type-${type}`)])) as Palette['types'];
  const palette = { types, error: resolve('--error'), grid: resolve('--line'), mark: resolve('--text-faint') };
  probe.remove();
  return palette;
}
