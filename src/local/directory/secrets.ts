import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { readJsonFile, writeJsonFile } from './json-file.ts';

const account = z.object({ user: z.string().min(1), password: z.string().min(1) });
const secretsSchema = z.object({
  credentials: z.object({ app: account, admin: account, replication: account }),
  /** Missing if an earlier version created the file. */
  redisPassword: z.string().min(1).optional(),
  tokenKeys: z.array(z.object({ id: z.string().min(1), secret: z.string().min(1) })).min(1),
});

export type Account = { readonly user: string; readonly password: string };

/** `app` reads and writes rows; `admin` migrates and manages replication; replicas log in as `replication`. */
export type LocalCredentials = { readonly app: Account; readonly admin: Account; readonly replication: Account };

export type TokenKey = { readonly id: string; readonly secret: string };

/** The secrets that the local cluster keeps in `<directory>/secrets.json`, readable only by its owner. */
export type LocalSecrets = {
  readonly credentials: LocalCredentials;
  readonly redisPassword: string;
  readonly tokenKeys: readonly TokenKey[];
};

export const secretsPath = (directory: string): string => join(directory, 'secrets.json');

/** Reads the secrets, or generates them at the first start. */
export async function loadSecrets(directory: string): Promise<LocalSecrets> {
  const stored = await readJsonFile(secretsPath(directory), secretsSchema);
  const { redisPassword } = stored ?? {};
  if (stored !== null && redisPassword !== undefined) return { ...stored, redisPassword };
  const secrets = { ...newSecrets(), ...stored, redisPassword: password() };
  await writeJsonFile(secretsPath(directory), secrets, 0o600);
  return secrets;
}

const password = () => randomBytes(18).toString('base64url');

function newSecrets(): LocalSecrets {
  return {
    credentials: {
      app: { user: 'tidemark', password: password() },
      admin: { user: 'tidemark_admin', password: password() },
      replication: { user: 'tidemark_replication', password: password() },
    },
    redisPassword: password(),
    tokenKeys: [{ id: randomBytes(3).toString('hex'), secret: randomBytes(32).toString('base64url') }],
  };
}
