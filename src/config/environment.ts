export type Environment = Readonly<Record<string, string | undefined>>;

/** Compose files and `.env` templates say "not set" with an empty value. */
export function withoutBlanks(environment: Environment): Environment {
  return Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value.trim() !== ''),
  );
}
