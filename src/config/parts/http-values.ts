/** Parsers for variables about the API's place in the network. */
import { z } from 'zod';
import { parseAddressList } from '../../platform/address-list.ts';
import { splitEntries } from '../values.ts';

export const hostName = z.string().regex(/^[\w.:-]+$/, 'must be a host name or address');

/** `none`: no proxy. */
export const trustedProxies = z.string().transform((text, context) => {
  const entries = text.trim() === 'none' ? [] : splitEntries(text);
  if (parseAddressList(entries) === null) {
    context.addIssue('must be addresses or networks such as 10.0.0.0/8, comma separated, loopback, private or none');
  }
  return entries;
});

/** Names as in a Host header, without a port. `*.example.com` matches every name below it, `*` every name. */
export const hostNames = z.string().transform((text, context) => {
  const names = splitEntries(text).map((name) => name.toLowerCase());
  const wrong = names.some((name) => name !== '*' && !/^(\*\.)?[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?$/.test(name));
  if (wrong) {
    context.addIssue('must be host names such as api.example.com or *.example.com, comma separated, without ports');
  }
  return names;
});

export const headerNames = z.string().transform((text, context) => {
  const names = text.trim() === 'none' ? [] : splitEntries(text).map((name) => name.toLowerCase());
  if (names.some((name) => !/^[a-z0-9!#$%&'^_`|~+.-]+$/.test(name))) {
    context.addIssue('must be names of request headers, comma separated, or none; * is not one, as cookies are sent');
  }
  return names;
});

export const origins = z.string().transform((text, context) => {
  const listed = splitEntries(text);
  if (listed.some((origin) => !URL.canParse(origin) || new URL(origin).origin !== origin)) {
    context.addIssue(
      'must be origins such as https://shop.example.com, comma separated; * is not one, as cookies are sent',
    );
  }
  return listed;
});

/** The URL at which browsers find the API, with the path that a proxy strips. */
export const publicUrl = z.string().refine((text) => {
  if (!URL.canParse(text)) return false;
  const { protocol, pathname, search, hash, username, password } = new URL(text);
  return /^https?:$/.test(protocol) && search + hash + username + password === '' && /^\/[\w.~/-]*$/.test(pathname);
}, 'must be an http or https URL such as https://shop.example.com/orders, without a query and without an account');
