import { type ConnectionOptions, checkServerIdentity, type PeerCertificate } from 'node:tls';
import type { ClientConfig } from 'pg';
import type { ServerAddress } from '../server-address.ts';
import type { ServerTls } from '../server-tls.ts';
import { type SessionSettings, startupOptions } from './session-settings.ts';
import type { Sockets } from './sockets.ts';

/** `pipeline` is not in the driver's types yet. */
export type ClientOptions = ClientConfig & { readonly pipeline: true };

/** Options that all connections share. The environment of this process (`PGHOST`, `PGOPTIONS` …) has no say in them. */
export function clientOptions(
  { host, port, user, password, database, tls }: ServerAddress,
  settings: SessionSettings,
  sockets: Sockets,
): ClientOptions {
  return {
    host,
    port,
    user,
    password,
    database,
    ssl: tls === null ? false : tlsOptions(host, tls),
    stream: sockets.make,
    options: startupOptions(settings),
    application_name: 'tidemark',
    client_encoding: 'UTF8',
    keepAlive: true,
    pipeline: true,
  };
}

/** What the driver hands to Node; the name in the certificate is compared with the host of the address. */
export function tlsOptions(host: string, { mode, ca }: ServerTls): ConnectionOptions {
  if (mode === 'REQUIRED') return { rejectUnauthorized: false };
  return {
    rejectUnauthorized: true,
    ...(ca !== null && { ca: ca.pem }),
    checkServerIdentity:
      mode === 'VERIFY_CA'
        ? () => undefined
        : (_: string, certificate: PeerCertificate) => checkServerIdentity(host, certificate),
  };
}
