/**
 * @typedef {object} Fence A fenced block of code.
 * @property {number} line of its first line of code, from 1
 * @property {string} info what stands behind the opening fence
 * @property {string} code without the indentation of the fence
 * @property {string} before the line above the fence
 *
 * @typedef {object} ProseLine A line outside of code.
 * @property {number} line from 1
 * @property {string} text
 */

const OPENING = /^(\s*)(`{3,})(.*)$/;

/**
 * A Markdown text as its fenced blocks and everything else.
 *
 * @param {string} text
 * @returns {{ fences: Fence[], prose: ProseLine[] }}
 */
export function readMarkdown(text) {
  const lines = text.replaceAll('\r\n', '\n').split('\n');
  const fences = [];
  const prose = [];
  for (let at = 0; at < lines.length; at += 1) {
    const [, indentation, ticks, info] = OPENING.exec(lines[at]) ?? [];
    if (ticks === undefined) {
      prose.push({ line: at + 1, text: lines[at] });
      continue;
    }
    const first = at + 1;
    const isEnd = (line) => line.trim() === ticks;
    while (at + 1 < lines.length && !isEnd(lines[at + 1])) at += 1;
    const code = lines.slice(first, at + 1).map((line) => dedent(line, indentation.length));
    fences.push({ line: first + 1, info: info.trim(), code: code.join('\n'), before: lines[first - 2] ?? '' });
    at += 1;
  }
  return { fences, prose };
}

function dedent(line, width) {
  return line.slice(0, width).trim() === '' ? line.slice(width) : line;
}
