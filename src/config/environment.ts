import { existsSync } from 'node:fs';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The environment of the process, with `.env` beneath it: what is really set wins. */
export function processEnvironment(file = '.env'): Environment {
  if (existsSync(file)) process.loadEnvFile(file);
  return process.env;
}

/** Compose files and `.env` templates say "not set" with an empty value. */
export function withoutBlanks(environment: Environment): Environment {
  return Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value.trim() !== ''),
  );
}
