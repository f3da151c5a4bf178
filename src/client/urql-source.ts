import type { Signal, Source } from 'wonka';

/** Maps the values of a source; `null` drops a value. */
export function throughEach<In, Out>(source: Source<In>, change: (value: In) => Out | null): Source<Out> {
  return (sink) => {
    let ask: (word: 0) => void = () => undefined;
    source((signal) => {
      if (signal === 0) return sink(signal);
      if (signal.tag === 0) {
        ask = signal[0];
        return sink(signal);
      }
      const changed = change(signal[0]);
      // The receiver has asked for one value and has not received it yet.
      if (changed === null) ask(0);
      else sink(pushed(changed));
    });
  };
}

/** A value on its way to a receiver. */
export function pushed<T>(value: T): Signal<T> {
  return Object.assign([value] as [T], { tag: 1 as const });
}
