/** Why no secure connection was made, by the codes of Node; the codes of drivers and of servers each driver knows. */
export type TlsFault = 'UNTRUSTED' | 'OUTDATED' | 'OTHER_NAME' | 'NOT_OFFERED' | 'DEMANDED';

const words: Readonly<Record<TlsFault, string>> = {
  UNTRUSTED: 'has a certificate that no trusted CA has signed (ssl-ca)',
  OUTDATED: 'has a certificate that is not valid now',
  OTHER_NAME: 'has a certificate for other hosts than the one in its address (VERIFY_IDENTITY)',
  NOT_OFFERED: 'offers no TLS, and ssl-mode asks for it',
  DEMANDED: 'takes no connection without TLS (ssl-mode)',
};

const byCode: Readonly<Record<string, TlsFault>> = {
  CERT_UNTRUSTED: 'UNTRUSTED',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'UNTRUSTED',
  INVALID_CA: 'UNTRUSTED',
  SELF_SIGNED_CERT_IN_CHAIN: 'UNTRUSTED',
  UNABLE_TO_GET_ISSUER_CERT: 'UNTRUSTED',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'UNTRUSTED',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'UNTRUSTED',
  CERT_HAS_EXPIRED: 'OUTDATED',
  CERT_NOT_YET_VALID: 'OUTDATED',
  ERR_TLS_CERT_ALTNAME_INVALID: 'OTHER_NAME',
};

/** Follows a server's name. */
export const tlsWords = (fault: TlsFault): string => words[fault];

/** The same, of a code of Node; `null` if it was something else. */
export function tlsFaultInWords(code: string): string | null {
  if (/^(EPROTO$|ERR_SSL_)/.test(code)) return `and Node agree on no TLS (${code})`;
  const fault = byCode[code];
  return fault === undefined ? null : words[fault];
}

/** Some servers, and accounts that need TLS, refuse a connection in the clear as if the password were wrong. */
export const perhapsForTls = ', or a connection without TLS (ssl-mode)';
