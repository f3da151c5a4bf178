import { openPrismaEngine } from 'tidemark/prisma';
import { PrismaClient } from '../../../prisma/generated/books/client.ts';

export type Servers = { readonly source: string; readonly replicas: readonly string[]; readonly secret: string };
export type Library = Awaited<ReturnType<typeof openLibrary>>;

export function openLibrary({ source, replicas, secret }: Servers) {
  return openPrismaEngine({
    source,
    replicas,
    clusterId: 'library',
    tokenKeys: [{ id: 'first', secret }],
    makeClient: ({ adapter }) => new PrismaClient({ adapter }),
  });
}

/** Throws when no copy is left. */
export function lend(library: Library, isbn: string, by: string, tokens: readonly string[]) {
  return library.write(
    async (tx) => {
      const { count } = await tx.book.updateMany({
        where: { isbn, copies: { gt: 0 } },
        data: { copies: { decrement: 1 } },
      });
      if (count === 0) throw new Error(`No copy of ${isbn} is left`);
      return tx.loan.create({ data: { isbn, by } });
    },
    { tokens },
  );
}

export function lookUp(library: Library, isbn: string, tokens: readonly string[]) {
  return library.read((client) => client.book.findUnique({ where: { isbn }, include: { loans: true } }), { tokens });
}
