const atOnce = 10;
const longFrom = 30;

/**
 * The rows of a list, those of a long one a few at a time: whoever works on a row as soon as it is there works on few in
 * one go, and between them others have their turn.
 */
export function unhurried<Row>(
  rows: readonly Row[],
  standBack: () => Promise<void> = afterOthers,
): readonly (Row | Promise<Row>)[] {
  if (rows.length < longFrom) return rows;
  const turns = [Promise.resolve()];
  for (let first = atOnce; first < rows.length; first += atOnce) {
    turns.push((turns.at(-1) ?? Promise.resolve()).then(standBack));
  }
  return rows.map((row, index) => (index < atOnce ? row : turnOf(turns, index).then(() => row)));
}

const afterOthers = () => new Promise<void>((resolve) => setImmediate(resolve));

const turnOf = (turns: readonly Promise<void>[], index: number) =>
  turns[Math.floor(index / atOnce)] ?? Promise.resolve();
