import { z } from 'zod';
import { part } from '../part.ts';
import { integer } from '../values.ts';
import { variable } from '../variable.ts';

const providerUrl = z
  .string()
  .refine((text) => {
    if (!URL.canParse(text)) return false;
    const { protocol, search, username, password } = new URL(text);
    return /^https?:$/.test(protocol) && search + username + password === '';
  }, 'must be an http or https URL without a query and without an account')
  .transform((url) => url.replace(/\/+$/, ''));

const bearerToken = z.string().regex(/^[\x21-\x7e]+$/, 'must be letters, digits and signs');

/** The payment provider; without a URL there is none. */
export const payments = part(
  'Payment provider',
  {
    url: variable('PAYMENTS_URL', providerUrl, {
      unset: 'no provider; a sandbox beside the local cluster',
      example: 'https://payments.example.com/v1',
      about: 'The provider: `GET <url>/payments/<order number>` and `GET <url>/orders`.',
    }),
    token: variable('PAYMENTS_TOKEN', bearerToken, { about: 'Sent to it as `authorization: Bearer`.' }),
    timeoutMs: variable('PAYMENTS_TIMEOUT_MS', integer(10, 60_000), {
      default: 3000,
      about: 'How long one of its answers may take.',
    }),
  },
  {
    complete: (values) => values,
    describe: (values) => ({ ...values, token: values.token === null ? null : '***' }),
  },
);
