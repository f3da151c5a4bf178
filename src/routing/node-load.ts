/** Counts the operations running on each node. */
export class NodeLoad {
  readonly #inFlight = new Map<string, number>();

  of(nodeName: string): number {
    return this.#inFlight.get(nodeName) ?? 0;
  }

  /** The returned function ends the operation and returns true the first time; further calls do nothing. */
  begin(nodeName: string): () => boolean {
    this.#inFlight.set(nodeName, this.of(nodeName) + 1);
    let ended = false;
    return () => {
      if (ended) return false;
      ended = true;
      this.#inFlight.set(nodeName, this.of(nodeName) - 1);
      return true;
    };
  }
}
