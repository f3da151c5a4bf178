import { isIP } from 'node:net';
import { checkServerIdentity, createSecureContext, type PeerCertificate, type SecureContext } from 'node:tls';
import type { ServerTls } from '../server-tls.ts';

/** Certificates are read once, not for every connection. */
const contexts = new WeakMap<ServerTls, SecureContext>();

/** The options that the driver hands to Node. */
export type TlsOptions = {
  readonly secureContext: SecureContext;
  /** Sent to a server that has several certificates. */
  readonly servername?: string;
  readonly rejectUnauthorized: boolean;
  readonly ca?: string | never[];
  readonly checkServerIdentity?: (host: string, certificate: PeerCertificate) => Error | undefined;
};

/** For the driver's `ssl` option, which the driver writes to: each connection gets its own. */
export function tlsOptions(host: string, tls: ServerTls): TlsOptions {
  const secureContext = contexts.get(tls) ?? createSecureContext(tls.ca === null ? {} : { ca: tls.ca.pem });
  contexts.set(tls, secureContext);
  const options = { secureContext, ...(isIP(host) === 0 && { servername: host }) };
  if (tls.mode === 'REQUIRED') return { ...options, rejectUnauthorized: false };
  return {
    ...options,
    rejectUnauthorized: true,
    // The context decides who is trusted. Without a CA here, the driver would trust any server that knows the password.
    ca: tls.ca?.pem ?? [],
    // Node would compare the name of the socket's peer, which an address does not have.
    checkServerIdentity:
      tls.mode === 'VERIFY_CA' ? () => undefined : (_, certificate) => checkServerIdentity(host, certificate),
  };
}
