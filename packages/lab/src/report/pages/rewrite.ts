/** What stands in a generated block of a page, by the block's name; undefined where nothing is known of it. */
export type FindBlock = (name: string) => string | undefined;

/** A page with its blocks filled in, and the names that nothing was known for. */
export interface Rewritten {
  readonly text: string;
  readonly filled: readonly string[];
  readonly unknown: readonly string[];
}

const BLOCK = /<!-- lab:([a-z-]+) -->([\s\S]*?)<!-- \/lab:\1 -->/g;

/**
 * Fills in what stands between `<!-- lab:NAME -->` and `<!-- /lab:NAME -->`. A block that begins with a line break
 * stands on lines of its own, any other within its sentence.
 */
export function rewriteBlocks(text: string, find: FindBlock): Rewritten {
  const filled: string[] = [];
  const unknown: string[] = [];
  const rewritten = text.replaceAll(BLOCK, (whole, name: string, content: string) => {
    const value = find(name);
    if (value === undefined) {
      unknown.push(name);
      return whole;
    }
    filled.push(name);
    const isOwnLines = content.startsWith('\n') || content.startsWith('\r\n');
    const inside = isOwnLines ? `\n\n${value}\n\n` : value;
    return `<!-- lab:${name} -->${inside}<!-- /lab:${name} -->`;
  });
  return { text: rewritten, filled, unknown };
}
