import { fileURLToPath } from 'node:url';

const file = (name: string) => fileURLToPath(new URL(`./certificates/${name}.pem`, import.meta.url));

/**
 * Made once with openssl, good until 2126, and worth nothing anywhere else: the CA signed the server's certificate, which is
 * for `localhost` and not for 127.0.0.1. Its key is gone.
 */
export const certificates = {
  ca: file('ca'),
  /** Has signed nothing. */
  anotherCa: file('another-ca'),
  server: file('server'),
  serverKey: file('server-key'),
} as const;
