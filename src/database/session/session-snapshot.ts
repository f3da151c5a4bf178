import type { RouteDecision } from '../../routing/route-decision.ts';
import type { PositionedSnapshot } from './positioned-snapshot.ts';
import type { NodePositions } from './read-observation.ts';

type Pin = Promise<RouteDecision>;

/** The snapshot that all reads of one operation see, opened by the first of them, and anew on another node. */
export class SessionSnapshot {
  readonly #open: (nodeName: string) => Promise<PositionedSnapshot<unknown>>;
  #current: { readonly pin: Pin; readonly opening: Promise<PositionedSnapshot<unknown>> } | null = null;
  #positions: NodePositions | null = null;
  #ended = false;

  constructor(open: (nodeName: string) => Promise<PositionedSnapshot<unknown>>) {
    this.#open = open;
  }

  /** True from when the first read needs it. */
  get isBegun(): boolean {
    return this.#current !== null;
  }

  /** What its reads see; `null` while it is not open. */
  get positions(): NodePositions | null {
    return this.#positions;
  }

  /** `pin`: the choice of the node. */
  async on(node: string, pin: Pin): Promise<PositionedSnapshot<unknown>> {
    if (this.#current?.pin !== pin) {
      const opening = this.#open(node);
      this.#current = { pin, opening };
      // Given back also when it comes after the operation has ended.
      opening.then(
        (snapshot) => this.#ended && snapshot.end(),
        () => undefined,
      );
    }
    const snapshot = await this.#current.opening;
    this.#positions = snapshot.positions;
    return snapshot;
  }

  /** Gives it back. The next read opens another one. */
  leave(): void {
    this.#current?.opening.then(
      ({ end }) => end(),
      () => undefined,
    );
    this.#current = null;
    this.#positions = null;
  }

  end(): void {
    this.#ended = true;
    this.leave();
  }
}
