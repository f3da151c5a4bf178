const atOnce = 5;
const longFrom = 15;

/**
 * The rows of a long list, a few at a time, so that a consumer that processes rows as they arrive gives others turns in
 * between. A row may count as several.
 */
export function unhurried<Row>(
  rows: readonly Row[],
  standBack: () => Promise<void> = afterOthers,
  weigh: (row: Row) => number = () => 1,
): readonly (Row | Promise<Row>)[] {
  const { pieces, weight } = inPieces(rows, weigh);
  if (weight < longFrom) return rows;
  const turns = [Promise.resolve()];
  for (let piece = 1; piece <= (pieces.at(-1) ?? 0); piece += 1) {
    turns.push((turns.at(-1) ?? Promise.resolve()).then(standBack));
  }
  return rows.map((row, index) => (pieces[index] === 0 ? row : turnOf(turns, pieces[index]).then(() => row)));
}

/** Which piece each row belongs to, and the total weight. */
function inPieces<Row>(rows: readonly Row[], weigh: (row: Row) => number) {
  let piece = 0;
  let filled = 0;
  let weight = 0;
  const pieces = rows.map((row) => {
    if (filled >= atOnce) {
      piece += 1;
      filled = 0;
    }
    const own = weigh(row);
    filled += own;
    weight += own;
    return piece;
  });
  return { pieces, weight };
}

/** Resolves when all others that wait for a turn have had one. */
export const afterOthers = () => new Promise<void>((resolve) => setImmediate(resolve));

const turnOf = (turns: readonly Promise<void>[], piece = 0) => turns[piece] ?? Promise.resolve();
