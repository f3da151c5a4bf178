/** Connection strings of standbys: words such as `host='10.0.0.1' port=5432`. Pure. */

/** Quotes and backslashes inside of a value stand behind a backslash. */
const word = /\s*(\w+)\s*=\s*(?:'((?:[^'\\]|\\.)*)'|((?:[^\s'\\]|\\.)*))/y;

/** In the order in which they are given; `null` for what is no connection string. */
export function parseConninfo(text: string): ReadonlyMap<string, string> | null {
  const words = new Map<string, string>();
  word.lastIndex = 0;
  while (text.slice(word.lastIndex).trim() !== '') {
    const [, name, quoted, plain = ''] = word.exec(text) ?? [];
    if (name === undefined) return null;
    words.set(name, (quoted ?? plain).replaceAll(/\\(.)/gs, '$1'));
  }
  return words;
}

export function writeConninfo(words: ReadonlyMap<string, string>): string {
  const quoted = (value: string) => `'${value.replaceAll(/[\\']/g, '\\$&')}'`;
  return [...words].map(([name, value]) => `${name}=${quoted(value)}`).join(' ');
}

/** A service that is nowhere defined: the string keeps its words, and no connection is made with it. */
const nowhere = 'tidemark-receives-nothing';

export const isStopped = (words: ReadonlyMap<string, string>): boolean => words.get('service') === nowhere;

export const stopped = (words: ReadonlyMap<string, string>): ReadonlyMap<string, string> =>
  new Map([...words, ['service', nowhere]]);

export function towards(
  words: ReadonlyMap<string, string>,
  to: Readonly<Record<string, string>>,
): ReadonlyMap<string, string> {
  return new Map([...words].filter(([name]) => name !== 'service' && name !== 'hostaddr').concat(Object.entries(to)));
}
