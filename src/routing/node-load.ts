/** Counts the operations that each node is serving now. */
export class NodeLoad {
  readonly #inFlight = new Map<string, number>();

  of(nodeName: string): number {
    return this.#inFlight.get(nodeName) ?? 0;
  }

  /** The returned function ends the operation and answers true the first time; calling it again does nothing. */
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
