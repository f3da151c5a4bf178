/** Why no secure connection was made, by the codes of Node, of the driver and of the servers. Follows a server's name. */
const untrusted = 'has a certificate that no trusted CA has signed (ssl-ca)';
const outdated = 'has a certificate that is not valid now';
const otherName = 'has a certificate for other hosts than the one in its address (VERIFY_IDENTITY)';
const notOffered = 'offers no TLS, and ssl-mode asks for it';

const words: Readonly<Record<string, string>> = {
  CERT_UNTRUSTED: untrusted,
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted,
  INVALID_CA: untrusted,
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  UNABLE_TO_GET_ISSUER_CERT: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
  CERT_HAS_EXPIRED: outdated,
  CERT_NOT_YET_VALID: outdated,
  ERR_TLS_CERT_ALTNAME_INVALID: otherName,
  ER_TLS_IDENTITY_ERROR: otherName,
  ER_SERVER_SSL_DISABLED: notOffered,
  ER_SECURE_TRANSPORT_REQUIRED: 'takes no connection without TLS (ssl-mode)',
};

/** `null` if it was something else. */
export function tlsFaultInWords(code: string): string | null {
  if (/^(EPROTO$|ERR_SSL_)/.test(code)) return `and Node agree on no TLS (${code})`;
  return words[code] ?? null;
}

/** MariaDB, and an account that needs TLS, refuse a connection in the clear as if the password were wrong. */
export const perhapsForTls = ', or a connection without TLS (ssl-mode)';
