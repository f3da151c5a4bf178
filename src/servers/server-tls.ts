/**
 * How connections to a database server are secured, named as MySQL names the modes:
 *
 *   DISABLED         no encryption
 *   REQUIRED         encryption; the server's identity is not checked
 *   VERIFY_CA        and the server's certificate is signed by a trusted CA
 *   VERIFY_IDENTITY  and issued for the requested host
 *
 * The trusted CAs are those of a PEM file, or Node's own if no file is named. A file without a mode means VERIFY_CA, as it
 * does for MySQL's own programs.
 */
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';

export const tlsModes = ['DISABLED', 'REQUIRED', 'VERIFY_CA', 'VERIFY_IDENTITY'] as const;
export type TlsMode = (typeof tlsModes)[number];

/** The TLS settings of a URL; `null` if not set. */
export type TlsWords = { readonly mode: TlsMode | null; readonly caFile: string | null };
export const nothingSaid: TlsWords = { mode: null, caFile: null };

/** How connections are secured; without it, TLS is not used. */
export type ServerTls = {
  readonly mode: Exclude<TlsMode, 'DISABLED'>;
  /** `null`: the CAs that Node trusts. */
  readonly ca: { readonly file: string; readonly pem: string } | null;
};

/** Parameters of a server's URL. The last two are Prisma's names for the first two. */
export const tlsParameters = ['ssl-mode', 'ssl-ca', 'sslaccept', 'sslcert'] as const;
const prismaModes: ReadonlyMap<string, TlsMode> = new Map([
  ['strict', 'VERIFY_IDENTITY'],
  ['accept_invalid_certs', 'REQUIRED'],
]);

export function tlsModeOf(text: string): TlsMode | null {
  return tlsModes.find((mode) => mode === text.toUpperCase()) ?? null;
}

/** The TLS parameters of a URL, or what is wrong with them. */
export function readTlsWords(parameters: ReadonlyMap<string, string>): TlsWords | string {
  const [mode, ca, accept, cert] = tlsParameters.map((name) => parameters.get(name));
  if (mode !== undefined && accept !== undefined) return 'sets both ?ssl-mode and ?sslaccept; use only one';
  if (ca !== undefined && cert !== undefined) return 'sets both ?ssl-ca and ?sslcert; use only one';
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

/** A CA that the mode ignores is refused: naming one shows that protection by it is expected. */
export function contradiction({ mode, caFile }: TlsWords): string | null {
  return caFile === null || mode === null || verifies(mode)
    ? null
    : `names a CA, which ${mode} ignores: use VERIFY_CA or VERIFY_IDENTITY, or no CA`;
}

/** `defaults` apply where `own` is not set. */
export function completed(own: TlsWords, defaults: TlsWords): TlsWords {
  const mode = own.mode ?? (own.caFile !== null && !verifies(defaults.mode) ? 'VERIFY_CA' : defaults.mode);
  return { mode, caFile: own.caFile ?? defaults.caFile };
}

/** Reads the CA's file. Returns a string if something is wrong, without the file's name. */
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

/** Safe to display. */
export function tlsInWords(tls: ServerTls | null): string {
  if (tls === null) return 'DISABLED';
  return tls.ca === null ? tls.mode : `${tls.mode}(${tls.ca.file})`;
}

const verifies = (mode: TlsMode | null): boolean => mode === 'VERIFY_CA' || mode === 'VERIFY_IDENTITY';
