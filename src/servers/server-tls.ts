/**
 * How connections to a database server are secured, in MySQL's words:
 *
 *   DISABLED         not at all
 *   REQUIRED         nobody can read along; whoever answers is believed
 *   VERIFY_CA        and the server's certificate is signed by somebody who is trusted
 *   VERIFY_IDENTITY  and made out to the host that was asked for
 *
 * Who is trusted is a file of PEM certificates, else those whom Node trusts. A file without a mode means VERIFY_CA, as it
 * does for MySQL's own programs.
 */
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';

export const tlsModes = ['DISABLED', 'REQUIRED', 'VERIFY_CA', 'VERIFY_IDENTITY'] as const;
export type TlsMode = (typeof tlsModes)[number];

/** What somebody says about it; `null` where they say nothing. */
export type TlsWords = { readonly mode: TlsMode | null; readonly caFile: string | null };
export const nothingSaid: TlsWords = { mode: null, caFile: null };

/** What connections are made with; a server without it is spoken to in the clear. */
export type ServerTls = {
  readonly mode: Exclude<TlsMode, 'DISABLED'>;
  /** `null`: those whom Node trusts. */
  readonly ca: { readonly file: string; readonly pem: string } | null;
};

/** Of a server's URL. The last two are Prisma's words for the first two. */
export const tlsParameters = ['ssl-mode', 'ssl-ca', 'sslaccept', 'sslcert'] as const;
const prismaModes: ReadonlyMap<string, TlsMode> = new Map([
  ['strict', 'VERIFY_IDENTITY'],
  ['accept_invalid_certs', 'REQUIRED'],
]);

export function tlsModeOf(text: string): TlsMode | null {
  return tlsModes.find((mode) => mode === text.toUpperCase()) ?? null;
}

/** What the parameters of a URL say, or what is wrong with them. */
export function tlsWordsOf(parameters: ReadonlyMap<string, string>): TlsWords | string {
  const [mode, ca, accept, cert] = tlsParameters.map((name) => parameters.get(name));
  if (mode !== undefined && accept !== undefined) return 'says ?ssl-mode and ?sslaccept; keep to one of them';
  if (ca !== undefined && cert !== undefined) return 'says ?ssl-ca and ?sslcert; keep to one of them';
  if (mode !== undefined && tlsModeOf(mode) === null) return `has an ?ssl-mode that is none of ${tlsModes.join(', ')}`;
  if (accept !== undefined && !prismaModes.has(accept)) {
    return `has an ?sslaccept that is none of ${[...prismaModes.keys()].join(', ')}`;
  }
  const words = {
    mode: tlsModeOf(mode ?? '') ?? prismaModes.get(accept ?? '') ?? null,
    caFile: ca ?? cert ?? null,
  };
  return contradiction(words) ?? words;
}

/** Whoever names a CA means to be protected by it. */
export function contradiction({ mode, caFile }: TlsWords): string | null {
  return caFile === null || mode === null || verifies(mode)
    ? null
    : `names a CA, which ${mode} ignores: use VERIFY_CA or VERIFY_IDENTITY, or no CA`;
}

/** `defaults` speak where `own` say nothing. */
export function completed(own: TlsWords, defaults: TlsWords): TlsWords {
  const mode = own.mode ?? (own.caFile !== null && !verifies(defaults.mode) ? 'VERIFY_CA' : defaults.mode);
  return { mode, caFile: own.caFile ?? defaults.caFile };
}

/** Reads the CA's file. Answers what is wrong as a string, which does not repeat its name. */
export function loadTls({ mode: said, caFile }: TlsWords): ServerTls | null | string {
  const mode = said ?? (caFile === null ? 'DISABLED' : 'VERIFY_CA');
  if (mode === 'DISABLED') return null;
  if (!verifies(mode) || caFile === null) return { mode, ca: null };
  const ca = readCa(caFile);
  return typeof ca === 'string' ? ca : { mode, ca };
}

function readCa(file: string): ServerTls['ca'] | string {
  let pem: string;
  try {
    pem = readFileSync(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown fault';
    return `names a CA whose file cannot be read (${code})`;
  }
  try {
    new X509Certificate(pem);
    return { file, pem };
  } catch {
    return 'names a CA whose file holds no certificate in PEM';
  }
}

/** Fit to be shown. */
export function tlsInWords(tls: ServerTls | null): string {
  if (tls === null) return 'DISABLED';
  return tls.ca === null ? tls.mode : `${tls.mode}(${tls.ca.file})`;
}

const verifies = (mode: TlsMode | null): boolean => mode === 'VERIFY_CA' || mode === 'VERIFY_IDENTITY';
