/** How a set of samples lies. */
export type Spread = {
  readonly least: number;
  readonly lowerQuartile: number;
  readonly median: number;
  readonly upperQuartile: number;
  readonly most: number;
};

/** The value below which a share of the samples lies, between neighbours by proportion. Throws without samples. */
export function quantile(samples: readonly number[], share: number): number {
  return quantileOfSorted(sorted(samples), share);
}

export function median(samples: readonly number[]): number {
  return quantile(samples, 0.5);
}

/** The mean of ratios: of a half and a double it is 1. */
export function geometricMean(ratios: readonly number[]): number {
  return Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length);
}

export function spreadOf(samples: readonly number[]): Spread {
  const inOrder = sorted(samples);
  return {
    least: quantileOfSorted(inOrder, 0),
    lowerQuartile: quantileOfSorted(inOrder, 0.25),
    median: quantileOfSorted(inOrder, 0.5),
    upperQuartile: quantileOfSorted(inOrder, 0.75),
    most: quantileOfSorted(inOrder, 1),
  };
}

/** `p50`, `p90`, `p99` and the longest, in the unit of the samples. */
export function percentiles(samples: readonly number[]): Readonly<Record<'p50' | 'p90' | 'p99' | 'most', number>> {
  const inOrder = sorted(samples);
  return {
    p50: rounded(quantileOfSorted(inOrder, 0.5)),
    p90: rounded(quantileOfSorted(inOrder, 0.9)),
    p99: rounded(quantileOfSorted(inOrder, 0.99)),
    most: rounded(quantileOfSorted(inOrder, 1)),
  };
}

export function rounded(value: number, decimals = 3): number {
  return Number(value.toFixed(decimals));
}

function sorted(samples: readonly number[]): Float64Array {
  return Float64Array.from(samples).sort();
}

function quantileOfSorted(inOrder: Float64Array, share: number): number {
  const place = (inOrder.length - 1) * share;
  const below = inOrder[Math.floor(place)];
  const above = inOrder[Math.ceil(place)];
  if (below === undefined || above === undefined) throw new Error('no samples');
  return below + (above - below) * (place - Math.floor(place));
}
