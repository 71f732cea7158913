import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseTraceFile } from './trace-file.js';

const HEADER = 'TIMESTAMP,ContextTokens,GeneratedTokens';

describe('parseTraceFile', () => {
  it('reads times to the tenth of a microsecond, whatever the line ends are', () => {
    const lines = [HEADER, '2023-11-16 18:15:46.6805900,374,44', '2023-11-16 18:15:50.9951690,396,109'];
    const rows = parseTraceFile(`${lines.join('\r\n')}\r\n`);
    expect(parseTraceFile(lines.join('\n'))).toEqual(rows);
    expect(rows[0]).toEqual({ offsetMs: 0, contextTokens: 374, generatedTokens: 44 });
    expect(rows[1]?.offsetMs).toBeCloseTo(4_314.579, 3);
  });

  it('reads the whole recording', () => {
    const path = new URL('../../../../data/azure-llm-inference-2023-conv.csv', import.meta.url);
    const rows = parseTraceFile(readFileSync(path, 'utf8'));
    expect(rows).toHaveLength(19_366);
    expect(rows.at(-1)?.offsetMs).toBeCloseTo(3_501_721.937, 2);
    expect(Math.max(...rows.map((row) => row.contextTokens))).toBe(14_050);
    expect(rows.every((row, index) => row.offsetMs >= (rows[index - 1]?.offsetMs ?? 0))).toBe(true);
  });

  it.each([
    ['another header', 'a,b,c\n', /first line/],
    ['no request', `${HEADER}\n`, /no request/],
    ['a broken line', `${HEADER}\n2023-11-16 18:15:46.68,374,44\n2023-11-16,1,2\n`, /line 3/],
  ])('refuses a file with %s', (_, text, message) => {
    expect(() => parseTraceFile(text)).toThrow(expect.objectContaining({ code: 'INVALID_TRACE_FILE' }));
    expect(() => parseTraceFile(text)).toThrow(message);
  });
});
