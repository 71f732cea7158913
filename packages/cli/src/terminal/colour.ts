export type Colour = 'green' | 'yellow' | 'red' | 'dim';

/** Paints a text, or leaves it as it is where the stream shows no colours. */
export type Paint = (colour: Colour, text: string) => string;

const CODES: Readonly<Record<Colour, readonly [on: number, off: number]>> = {
  green: [32, 39],
  yellow: [33, 39],
  red: [31, 39],
  dim: [2, 22],
};

/** @param enabled see `wantsColour` in config.ts */
export function createPaint(enabled: boolean): Paint {
  if (!enabled) return (_colour, text) => text;
  return (colour, text) => `\u001b[${CODES[colour][0]}m${text}\u001b[${CODES[colour][1]}m`;
}
