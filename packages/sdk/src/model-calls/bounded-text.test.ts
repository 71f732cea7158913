import { describe, expect, it } from 'vitest';
import { BoundedText, TextBudget } from './bounded-text.js';

const LIMIT = 1024 * 1024;

describe('text of a stream', () => {
  it('is kept whole up to the limit, and cut with a mark behind it', () => {
    const at = new BoundedText(new TextBudget(true));
    at.append('x'.repeat(LIMIT));
    expect(at.toString()).toHaveLength(LIMIT);
    at.append('y');
    expect(at.toString()).toBe(`${'x'.repeat(LIMIT)}…[+1 characters]`);
  });

  it('shares its limit with the other texts of the answer', () => {
    const budget = new TextBudget(true);
    const [one, other] = [new BoundedText(budget), new BoundedText(budget)];
    one.append('x'.repeat(LIMIT - 1));
    other.append('yz');
    expect(other.toString()).toBe('y…[+1 characters]');
  });

  it('is not kept at all where nothing is captured', () => {
    const text = new BoundedText(new TextBudget(false));
    text.append('secret');
    expect(text.toString()).toBe('…[+6 characters]');
  });
});
