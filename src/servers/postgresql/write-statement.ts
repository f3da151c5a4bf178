/**
 * Parses the writes that Prisma sends to PostgreSQL. They have the patterns of those for MySQL, spelled differently, so they are
 * spelled like those, parsed, and spelled back. What has more than that is not parsed, and so is refused. Pure.
 */
import type { Where, WriteStatement } from '../dialect.ts';
import { keysNamedBy as namedBy, readWrite as read } from '../simple-writes.ts';

/** Texts, comments, dollar quotes, and quotes inside names: none of them is in a statement that has all its values as parameters. */
const unusual = /['`\\#]|""|--|\/\*|\$(?!\d)|\w\$/;
const returning = /\s+RETURNING\s[^?]*$/i;

/** With question marks for the values, which have to be counted from 1 without a gap; `null` if they are not. */
function counted(text: string): string | null {
  let last = 0;
  let isCounted = true;
  const marked = text.replaceAll(/\$(\d+)/g, (_, number) => {
    last += 1;
    isCounted &&= Number(number) === last;
    return '?';
  });
  return isCounted && !(last > 0 && text.includes('?')) ? marked : null;
}

const asMysql = (text: string) => text.replaceAll('"', '`');
const asPostgresql = (text: string) => text.replaceAll('`', '"');

/** `null` if the statement cannot be parsed. The parts of its answer have question marks for values. */
export function readWrite(text: string): WriteStatement | null {
  const marked = unusual.test(text) ? null : counted(text);
  if (marked === null) return null;
  const after = returning.exec(marked)?.[0];
  const write = read(asMysql(after === undefined ? marked : marked.slice(0, -after.length)));
  if (write === null || write.kind === 'INSERT') return write;
  const { before, text: condition, firstParameter } = write.where;
  const where: Where = {
    before: asPostgresql(before),
    text: asPostgresql(condition),
    firstParameter,
    ...(after !== undefined && { after }),
  };
  return { ...write, name: asPostgresql(write.name), where };
}

export function keysNamedBy(where: Where, keyColumn: string): readonly number[] | null {
  return namedBy({ ...where, text: asMysql(where.text) }, keyColumn);
}
