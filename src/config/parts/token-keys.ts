import { z } from 'zod';

export type TokenKeyConfig = { readonly id: string; readonly secret: string };

export const tokenKeys = z.string().transform((text, context) => {
  const keys: TokenKeyConfig[] = text.split(',').map((pair) => {
    const colon = pair.indexOf(':');
    return { id: pair.slice(0, Math.max(colon, 0)).trim(), secret: pair.slice(colon + 1).trim() };
  });
  if (keys.some(({ id }) => !/^[\w-]{1,16}$/.test(id))) {
    context.addIssue('must be id:secret pairs, comma separated; an id is 1 to 16 letters, digits, - or _');
  }
  if (keys.some(({ secret }) => secret.length < 32)) context.addIssue('needs secrets of at least 32 characters');
  if (new Set(keys.map(({ id }) => id)).size < keys.length) context.addIssue('has two keys of one id');
  return keys;
});
