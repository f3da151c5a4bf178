import type { z } from 'zod';

/** One environment variable: its name, how its text is read, and what users are told about it. */
export type Variable<Value> = {
  readonly name: string;
  readonly value: z.ZodType<Value, string>;
  /** As one would write it; `null`: none. */
  readonly default: string | null;
  /** What holds without it, in words, where that is no text of its own. */
  readonly unset: string | null;
  /** Stands in `.env.example` in place of the default. */
  readonly example: string | null;
  /** One line: `--variables` and the documents show it. */
  readonly about: string;
};

type Words = {
  readonly about: string;
  readonly unset?: string;
  readonly example?: string;
};

export function variable<Value>(
  name: string,
  value: z.ZodType<Value, string>,
  words: Words & { readonly default: string | number | boolean },
): Variable<Value>;
/** Without a default: `null` where it is not set. */
export function variable<Value>(name: string, value: z.ZodType<Value, string>, words: Words): Variable<Value | null>;
export function variable<Value>(
  name: string,
  value: z.ZodType<Value, string>,
  words: Words & { readonly default?: string | number | boolean },
): Variable<Value | null> {
  const { about, unset = null, example = null } = words;
  return { name, value, default: words.default === undefined ? null : String(words.default), unset, example, about };
}
