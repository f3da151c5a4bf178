import type { TokenKeyConfig } from './config-settings.ts';

/** What a secret must look like that nobody guesses. Where tokens are signed for strangers, anybody may try. */
export function weaknessOf({ secret }: TokenKeyConfig): string | null {
  const words = /(not-a-secret|change-?me|example|password|development|insecure|placeholder|default)/i.exec(
    secret,
  )?.[1];
  if (words !== undefined) return `has a secret that says "${words.toLowerCase()}"`;
  if (new Set(secret).size < 8) return 'has a secret of less than 8 different characters';
  if (/^(.{1,12}?)\1{2,}/.test(secret)) return 'has a secret that repeats itself';
  const steps = [...secret].slice(1).map((character, index) => character.charCodeAt(0) - secret.charCodeAt(index));
  const even = steps.filter((step) => Math.abs(step) <= 1).length;
  return even > steps.length * 0.7 ? 'has a secret that runs through the alphabet' : null;
}
