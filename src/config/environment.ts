import { existsSync } from 'node:fs';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The environment of the process, completed by `.env`: variables that are really set take precedence. */
export function processEnvironment(file = '.env'): Environment {
  if (existsSync(file)) process.loadEnvFile(file);
  return process.env;
}

/** In Compose files and `.env` templates an empty value means "not set". */
export function withoutBlanks(environment: Environment): Environment {
  return Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value.trim() !== ''),
  );
}
