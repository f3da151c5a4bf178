import { InvalidTokenSettingsError } from './errors.ts';
import type { Flavour } from './position.ts';
import type { PositionCodec } from './position-codec.ts';
import type { Session } from './session.ts';
import { checkToken, decodeToken, fittingToken, type Shorten, type TokenFormat, type TokenLength } from './token.ts';
import type { TokenKeyring } from './token-keyring.ts';

const maxClusterIdLength = 64;

/**
 * Tokens as one cluster reads and writes them, remembering recent work: a client sends the same token thousands of times,
 * most come back to the process that made them, and an unchanged session goes out as the token it came in. Only tokens that
 * were verified or made here are remembered, the least recently used go first.
 */
export class TokenCodec {
  readonly #format: TokenFormat;
  readonly #clusterId: string;
  readonly #flavour: () => Flavour | null;
  readonly #capacity: number;
  readonly #verified = new Map<string, readonly Session[]>();
  readonly #issued = new WeakMap<Session, { readonly token: string; readonly length: TokenLength }>();
  readonly #shorten: Shorten | undefined;
  readonly #issuedOf: (length: TokenLength) => void;

  /** Throws `InvalidTokenSettingsError` for a cluster id that is empty or has more than 64 bytes. */
  constructor(options: {
    keyring: TokenKeyring;
    positions: PositionCodec;
    clusterId: string;
    /** Of the cluster's servers, `null` while none has been seen. */
    flavour: () => Flavour | null;
    rememberedTokens?: number;
    shorten?: Shorten;
    /** Called for each token that is made. */
    onIssued?: (length: TokenLength) => void;
  }) {
    const length = Buffer.byteLength(options.clusterId, 'utf8');
    if (length === 0 || length > maxClusterIdLength) {
      throw new InvalidTokenSettingsError(`A cluster id has 1 to ${maxClusterIdLength} bytes, this one ${length}`);
    }
    this.#format = { keyring: options.keyring, positions: options.positions };
    this.#clusterId = options.clusterId;
    this.#flavour = options.flavour;
    this.#capacity = options.rememberedTokens ?? 1_024;
    this.#shorten = options.shorten;
    this.#issuedOf = options.onIssued ?? (() => undefined);
  }

  /**
   * The token's content for this cluster: one session, or several if it has several epochs; an empty one if it only has
   * other databases. The first contains the other databases. Returns the same objects for the same text, as long as it is cached.
   * Throws `InvalidConsistencyTokenError`.
   */
  decode(text: string, nowMs: number): readonly Session[] {
    const known = this.#verified.get(text);
    if (known !== undefined) {
      checkToken(known, { nowMs });
      this.#remember(text, known);
      return known;
    }
    const flavour = this.#flavour();
    const sessions = decodeToken(text, this.#format, this.#clusterId, { ...(flavour && { flavour }), nowMs });
    this.#remember(text, sessions);
    return sessions;
  }

  /** The session's token, signed by the first key: a token of an older key is renewed when its session goes out again. */
  encode(session: Session): string {
    return this.#issue(session).token;
  }

  /** False when a position is too long for the session's token, which then leads to the source of its database. */
  fits(session: Session): boolean {
    return this.#issue(session).length !== 'LEFT_OUT';
  }

  #issue(session: Session): { readonly token: string; readonly length: TokenLength } {
    const known = this.#issued.get(session);
    if (known !== undefined) return known;
    const issued = fittingToken(session, this.#format, this.#shorten);
    this.#issued.set(session, issued);
    if (issued.length === 'WHOLE' && session.clusterId === this.#clusterId) this.#remember(issued.token, [session]);
    this.#issuedOf(issued.length);
    return issued;
  }

  #remember(text: string, sessions: readonly Session[]): void {
    this.#verified.delete(text);
    this.#verified.set(text, sessions);
    if (this.#verified.size > this.#capacity) {
      const [oldest] = this.#verified.keys();
      if (oldest !== undefined) this.#verified.delete(oldest);
    }
  }
}
