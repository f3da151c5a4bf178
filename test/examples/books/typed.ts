// Checked by the compiler alone, against the sources and against what is built: the engine's types are those of its models.
import { type Library, lookUp } from './library.ts';

export async function misuse(library: Library): Promise<void> {
  const { value, token } = await lookUp(library, '9780262033848', []);
  const title: string | undefined = value?.title;
  // @ts-expect-error a token is opaque
  token?.position;
  // @ts-expect-error there may be no such book
  value.title;
  // @ts-expect-error books have no price
  value?.price;
  // @ts-expect-error there are no orders here
  await library.read((client) => client.order.findFirst());
  // @ts-expect-error the tokens of a user come as a list
  await library.read((client) => client.book.count(), { tokens: title });
  // @ts-expect-error a transaction does not close its client
  await library.write((tx) => tx.$disconnect());
}
