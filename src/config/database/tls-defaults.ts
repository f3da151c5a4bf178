import {
  contradiction,
  loadTls,
  nothingSaid,
  type ServerTls,
  type TlsWords,
  tlsModeOf,
  tlsModes,
} from '../../servers/server-tls.ts';
import type { ConfigFault } from '../config-fault.ts';
import type { Environment } from '../environment.ts';
import { text } from '../values.ts';
import { variable } from '../variable.ts';

// The defaults for every server whose URL does not override them, and for those named by hosts.

export const tlsVariables = [
  variable('DATABASE_SSL_MODE', text, {
    unset: '`DISABLED`; `VERIFY_CA` if there is a CA',
    example: 'DISABLED',
    about:
      'TLS to the database servers: `DISABLED`, `REQUIRED` (encrypted), `VERIFY_CA` (and signed by a trusted CA) or `VERIFY_IDENTITY` (and issued to the host); `?ssl-mode=` in a URL overrides it.',
  }),
  variable('DATABASE_SSL_CA', text, {
    unset: 'the CAs that Node trusts',
    about: 'File of PEM certificates of trusted CAs; `?ssl-ca=` in a URL overrides it.',
  }),
] as const;

export type TlsDefaults = {
  /** For servers with settings of their own. Empty if it has faults itself, which each URL would only repeat. */
  readonly words: TlsWords;
  /** For servers without any. */
  readonly tls: ServerTls | null;
  readonly faults: readonly ConfigFault[];
};

export function readTlsDefaults({ DATABASE_SSL_MODE, DATABASE_SSL_CA }: Environment): TlsDefaults {
  const faulty = (name: string, fault: string): TlsDefaults => ({
    words: nothingSaid,
    tls: null,
    faults: [{ name, fault }],
  });
  const mode = DATABASE_SSL_MODE === undefined ? null : tlsModeOf(DATABASE_SSL_MODE);
  if (DATABASE_SSL_MODE !== undefined && mode === null) {
    return faulty('DATABASE_SSL_MODE', `must be one of ${tlsModes.join(', ')}`);
  }
  const words = { mode, caFile: DATABASE_SSL_CA ?? null };
  const tls = contradiction(words) ?? loadTls(words);
  return typeof tls === 'string' ? faulty('DATABASE_SSL_CA', tls) : { words, tls, faults: [] };
}
