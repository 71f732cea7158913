const ENGLISH = 'the robot asks the child to repeat a sentence and listens for each sound then it praises or explains ';
const VIETNAMESE =
  'xin chào các bạn học sinh hôm nay chúng ta luyện phát âm tiếng Việt được không hãy nghe thật kỹ rồi ';

/** A flat text of this length, as a parser or a socket gives it; `seed` makes each a string of its own. */
export function textOf(language: 'english' | 'vietnamese', length: number, seed: number): string {
  const words = language === 'english' ? ENGLISH : VIETNAMESE;
  const text = `${seed} ${words.repeat(Math.ceil(length / words.length))}`.slice(0, length);
  const encoding = language === 'english' ? 'latin1' : 'utf16le';
  return Buffer.from(text, encoding).toString(encoding);
}

/** A list of chat messages. */
export function messagesOf(language: 'english' | 'vietnamese', count: number, length: number, seed: number): unknown {
  return Array.from({ length: count }, (_, index) => ({
    role: index % 2 === 0 ? 'user' : 'assistant',
    content: textOf(language, length, seed + index),
  }));
}

/** Several values of a kind in turn, so that no cache of one string decides. */
export function rotate<T>(make: (seed: number) => T): () => T {
  const values = Array.from({ length: 8 }, (_, seed) => make(seed * 1000));
  let next = 0;
  return () => values[next++ & 7] as T;
}
