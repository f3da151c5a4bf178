/**
 * Metrics as an interface: parts declare their metrics once and keep the returned functions.
 * Several parts of one kind share a metric, distinguished by a label that each adds (labelled-metrics.ts).
 * Every label is declared with all its values, so the number of series is known from the start; an undeclared value counts as `other`.
 */
export type LabelValues = Readonly<Record<string, readonly string[]>>;
export type Labels<Values extends LabelValues> = { readonly [Name in keyof Values]: Values[Name][number] };
export type Sample<Values extends LabelValues> = { readonly labels: Labels<Values>; readonly value: number };
export type Samples<Values extends LabelValues> = Iterable<Sample<Values>>;

export type MetricDefinition<Values extends LabelValues> = {
  /** In base units, with the unit at the end; counters end in `_total`. */
  readonly name: `tidemark_${string}`;
  /** One sentence. */
  readonly help: string;
  readonly labels: Values;
};

export interface Metrics {
  /** The returned function increments the counter, at the cost of a map lookup. */
  counter<const Values extends LabelValues>(
    definition: MetricDefinition<Values>,
  ): (labels: Labels<Values>, count?: number) => void;
  /** The returned function records one value. `buckets` are upper bounds, ascending. */
  histogram<const Values extends LabelValues>(
    definition: MetricDefinition<Values> & { readonly buckets: readonly number[] },
  ): (labels: Labels<Values>, value: number) => void;
  /**
   * `read` is called on each scrape. Unknown values are left out; a read that fails or is slow leaves out all. The returned function
   * unregisters it. Throws `MetricTakenError` if another part reports the same series.
   */
  gauge<const Values extends LabelValues>(
    definition: MetricDefinition<Values>,
    read: () => Samples<Values> | Promise<Samples<Values>>,
  ): EndReading;
  /** A counter that is kept elsewhere: `read` returns its value. Otherwise like `gauge`. */
  countedElsewhere<const Values extends LabelValues>(
    definition: MetricDefinition<Values>,
    read: () => Samples<Values> | Promise<Samples<Values>>,
  ): EndReading;
}

export type EndReading = () => void;

/** Two parts would report different values for the same series. */
export class MetricTakenError extends Error {
  constructor(name: string, labels: LabelValues) {
    const own = Object.entries(labels).flatMap(([label, values]) => (values.length === 1 ? `${label} ${values}` : []));
    const whose = own.length === 0 ? '' : ` of ${own.join(', ')}`;
    super(
      `The metric ${name}${whose} is measured by another part of this process already: give each a name of its own`,
    );
    this.name = 'MetricTakenError';
  }
}

/** For processes without monitoring. */
export const unmeasured: Metrics = {
  counter: () => () => undefined,
  histogram: () => () => undefined,
  gauge: () => () => undefined,
  countedElsewhere: () => () => undefined,
};

/** Upper bounds in seconds for waits and requests, from a millisecond to ten seconds. */
export const durationBucketsS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;
