// Lends a book and looks at it at once, on servers that have the tables of tables.sql:
//   node --import tsx test/examples/books/run.ts <source url> [<replica url> ...]
import { randomBytes } from 'node:crypto';
import { lend, lookUp, openLibrary } from './library.ts';

const [source = '', ...replicas] = process.argv.slice(2);
const library = await openLibrary({ source, replicas, secret: randomBytes(32).toString('hex') });
try {
  const isbn = '9780262033848';
  const title = 'Introduction to Algorithms';
  const stocked = await library.write((tx) =>
    tx.book.upsert({ where: { isbn }, create: { isbn, title, copies: 1 }, update: { copies: { increment: 1 } } }),
  );
  // What a user brings with the next request: the token of the last answer.
  const lent = await lend(library, isbn, 'Ada', [stocked.token ?? '']);
  const seen = await lookUp(library, isbn, [lent.token ?? '']);
  const forgotten = await lookUp(library, isbn, []);
  const loans = (found: typeof seen) =>
    `${found.value?.loans.length ?? 'no book,'} loans, from ${found.decision?.node}`;
  console.log(`with the token: ${loans(seen)}, ${seen.decision?.reason}`);
  console.log(`without: ${loans(forgotten)}, ${forgotten.decision?.reason}`);
} finally {
  await library.stop();
}
