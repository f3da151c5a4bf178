import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';
import { InvalidTokenSettingsError } from './errors.ts';

export const shortestSecretLength = 32;
export const keyIdLength = 4;
export const signatureLength = 16;

/** `id` names the key to people, in messages and configuration. */
export type TokenKey = { readonly id: string; readonly secret: string };

/**
 * The keys that sign tokens: the first one signs, all of them verify, so a new key is put in front and the old one is taken
 * away once its tokens are no longer of use. In a token a key is named by a fingerprint of its secret: processes
 * agree on it whatever the order and the names in their configuration, and a changed secret under an old name is
 * an unknown key, not a forged token.
 */
export class TokenKeyring {
  readonly #keys = new Map<string, KeyObject>();
  readonly signingKeyId: Buffer;

  /** Secrets of at least 32 characters. Throws `InvalidTokenSettingsError`, which never shows a secret. */
  constructor(keys: readonly TokenKey[]) {
    for (const { id, secret } of keys) {
      if (secret.length < shortestSecretLength) {
        throw new InvalidTokenSettingsError(
          `The secret of signing key "${id}" has ${secret.length} characters, at least ${shortestSecretLength} are needed`,
        );
      }
      this.#keys.set(fingerprint(secret).toString('hex'), createSecretKey(Buffer.from(secret, 'utf8')));
    }
    const [first] = keys;
    if (first === undefined) throw new InvalidTokenSettingsError('At least one signing key is needed');
    this.signingKeyId = fingerprint(first.secret);
  }

  knows(keyId: Buffer): boolean {
    return this.#keys.has(keyId.toString('hex'));
  }

  /** The signature of `bytes` by the first key. */
  sign(bytes: Buffer): Buffer {
    return this.#signature(this.signingKeyId, bytes);
  }

  verifies(keyId: Buffer, bytes: Buffer, signature: Buffer): boolean {
    return signature.length === signatureLength && timingSafeEqual(this.#signature(keyId, bytes), signature);
  }

  #signature(keyId: Buffer, bytes: Buffer): Buffer {
    const key = this.#keys.get(keyId.toString('hex'));
    if (key === undefined) throw new InvalidTokenSettingsError('The key is not on the ring');
    return createHmac('sha256', key).update(bytes).digest().subarray(0, signatureLength);
  }
}

function fingerprint(secret: string): Buffer {
  return createHmac('sha256', secret).update('tidemark token key id').digest().subarray(0, keyIdLength);
}
