import { expect, test } from 'vitest';
import { createDraw } from './output.js';

test('a line is drawn over the one before and never wraps; a file gets none', () => {
  const written: string[] = [];
  const draw = createDraw({ isTTY: true, columns: 11, write: (text) => written.push(text) });
  draw?.('a line that is too long');
  draw?.('');
  expect(written).toEqual(['\r\u001b[2Ka line tha', '\r\u001b[2K']);
  expect(createDraw({ write: (text) => written.push(text) })).toBeUndefined();
});
