/** How the variables are read that say where in the network the API stands. */
import { z } from 'zod';
import { addressListOf } from '../platform/address-list.ts';

function listOf(text: string): string[] {
  return text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}

/** `none`: nobody. */
export const trustedProxies = z
  .string()
  .default('loopback')
  .transform((text, context) => {
    const entries = text.trim() === 'none' ? [] : listOf(text);
    if (addressListOf(entries) === null) {
      context.addIssue('must be addresses or networks such as 10.0.0.0/8, comma separated, loopback, private or none');
    }
    return entries;
  });

/** Names as they stand in a Host header, without a port. `*.example.com` is every name below it, `*` every name. */
export const hostNames = z
  .string()
  .default('')
  .transform((text, context) => {
    const names = listOf(text).map((name) => name.toLowerCase());
    const wrong = names.some((name) => name !== '*' && !/^(\*\.)?[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?$/.test(name));
    if (wrong) {
      context.addIssue('must be host names such as api.example.com or *.example.com, comma separated, without ports');
    }
    return names;
  });

export const headerNames = z
  .string()
  .default('authorization,traceparent,tracestate,apollographql-client-name,apollographql-client-version')
  .transform((text, context) => {
    const names = text.trim() === 'none' ? [] : listOf(text).map((name) => name.toLowerCase());
    if (names.some((name) => !/^[a-z0-9!#$%&'^_`|~+.-]+$/.test(name))) {
      context.addIssue('must be names of request headers, comma separated, or none; * is not one, as cookies are sent');
    }
    return names;
  });

/** Where browsers find the API, with the path that a proxy takes away. */
export const publicUrl = z
  .string()
  .refine((text) => {
    if (!URL.canParse(text)) return false;
    const { protocol, pathname, search, hash, username, password } = new URL(text);
    return /^https?:$/.test(protocol) && search + hash + username + password === '' && /^\/[\w.~/-]*$/.test(pathname);
  }, 'must be an http or https URL such as https://shop.example.com/orders, without a query and without an account')
  .optional();
