// What clients may be told of a history that forked. Pure: what each was told in, every broken promise out.
//
//   - whoever was shown or promised a write that did not survive is told WRITE_LOST before an answer goes without it
//   - whoever was not is never told so; who was shown what still survives by a server that holds the rest was shown that, too
//   - whoever was told goes on with what that answer brought, and is not told again before it was shown again

export type Told = 'PRESENT' | 'ABSENT' | 'WRITE_LOST' | 'FAILED';

export type ForkClient = {
  readonly id: number;
  /** The order that it wrote or saw, by the number that no other has. */
  readonly order: string;
  /** What the source says at the end. */
  readonly survived: boolean;
  /** Whether the servers that answer it may hold what was lost: shown its own write by one, it was shown the rest as well. */
  readonly meetsLost?: boolean;
  /** Each answer after that, in turn. `FAILED` is one that said nothing and may be asked for again. */
  readonly told: readonly Told[];
};

export type ForkAnomaly = { readonly client: number; readonly what: string };

export function checkFork(clients: readonly ForkClient[]): ForkAnomaly[] {
  return clients.flatMap((client) =>
    faultsOf(client).map((what) => ({
      client: client.id,
      what: `${client.order} ${what} (${client.told.join(', ')})`,
    })),
  );
}

function faultsOf({ survived, meetsLost = false, told }: ForkClient): string[] {
  const faults: string[] = [];
  const first = told.indexOf('WRITE_LOST');
  const before = first < 0 ? told : told.slice(0, first);
  const answers = told.filter((answer) => answer !== 'FAILED');
  const follows = (answer: Told, next: Told) => answers.some((one, at) => one === answer && answers[at + 1] === next);
  // One process may show what replicas have while another has told already.
  const again = answers.filter((one, at) => one === 'WRITE_LOST' && isToldAlready(answers.slice(0, at)));
  if (survived && first >= 0 && !(meetsLost && before.includes('PRESENT')))
    faults.push('survived, and its client was told that it was lost');
  if (survived && told.includes('ABSENT')) faults.push('survived, and was not shown');
  if (!survived && before.includes('ABSENT')) faults.push('was lost, and its client was not told');
  if (!survived && first < 0 && !before.includes('ABSENT')) faults.push('was lost, and its client never heard');
  if (!survived && first >= 0 && follows('PRESENT', 'ABSENT'))
    faults.push('was shown again, and its client was not told');
  if (again.length > 0) faults.push('was told as lost more than once');
  return faults;
}

function isToldAlready(answers: readonly Told[]): boolean {
  return answers.lastIndexOf('WRITE_LOST') > answers.lastIndexOf('PRESENT');
}
