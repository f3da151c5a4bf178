import { part } from '../part.ts';
import { integer } from '../values.ts';
import { variable } from '../variable.ts';
import { type TokenKeyConfig, tokenKeys } from './token-keys.ts';
import { findWeakness } from './weak-keys.ts';

/** How tokens are signed and stored. */
export const tokens = part(
  'Tokens',
  {
    keys: variable('TOKEN_KEYS', tokenKeys, {
      unset: 'a random key; required in production',
      about:
        '`id:secret` pairs, comma separated, secrets of at least 32 characters; the first signs, all verify, so put a new key first to rotate.',
    }),
    cookieMaxAgeS: variable('COOKIE_MAX_AGE_S', integer(1, 31_536_000), {
      default: 86_400,
      about: 'How long a browser keeps the token cookie, in seconds.',
    }),
  },
  {
    check: ({ keys }, { environment }) => {
      if (environment !== 'production') return [];
      if (keys === null) {
        return [{ name: 'TOKEN_KEYS', fault: 'is missing, and signing keys are never generated in production' }];
      }
      const weakness = keys.map(findWeakness).find((fault) => fault !== null);
      if (weakness === undefined) return [];
      const fault = `${weakness}; make one: node -p "'k1:' + crypto.randomBytes(32).toString('base64url')"`;
      return [{ name: 'TOKEN_KEYS', fault }];
    },
    warn: ({ keys }) =>
      keys === null
        ? [
            'TOKEN_KEYS is missing: tokens are signed with a random key that is lost on restart and not shared with other processes',
          ]
        : [],
    complete: ({ keys, cookieMaxAgeS }, { makeSecret }) => ({
      /** The first one signs, all verify. */
      keys: keys ?? [{ id: 'ephemeral', secret: makeSecret() } satisfies TokenKeyConfig],
      cookieMaxAgeS,
    }),
    describe: ({ keys, ...rest }) => ({ ...rest, keys: keys.map(({ id }) => `${id}:***`) }),
  },
);
