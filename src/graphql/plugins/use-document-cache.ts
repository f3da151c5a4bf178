import type { DocumentNode, GraphQLSchema } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { LRUCache } from 'lru-cache';

export type DocumentCacheLimits = {
  /** Maximum length of a cached document, in characters. */
  readonly longest: number;
  /** Characters of all cached documents. A parsed document takes about 70 bytes of memory per character. */
  readonly all: number;
};

/** Clients repeat the same documents: at most about 30 MB of them are cached. */
const ordinaryLimits: DocumentCacheLimits = { longest: 8192, all: 400_000 };

/** Parses and validates a document once. Only valid ones are cached, since invalid ones are unbounded in number. */
export function useDocumentCache({ longest, all }: DocumentCacheLimits = ordinaryLimits): Plugin {
  const documents = new LRUCache<string, DocumentNode>({ maxSize: all, sizeCalculation: (_, text) => text.length });
  const validIn = new WeakMap<DocumentNode, GraphQLSchema>();
  const textOf = new WeakMap<DocumentNode, string>();
  return {
    onParse({ params, setParsedDocument }) {
      const text = params.source.toString();
      const known = documents.get(text);
      if (known !== undefined) {
        setParsedDocument(known);
        return;
      }
      return ({ result }) => {
        const parsed = result !== null && !(result instanceof Error);
        if (parsed && text.length > 0 && text.length <= longest) textOf.set(result, text);
      };
    },
    onValidate({ params: { schema, documentAST }, setResult }) {
      if (validIn.get(documentAST) === schema) {
        setResult([]);
        return;
      }
      return ({ valid }) => {
        if (!valid) return;
        validIn.set(documentAST, schema);
        const text = textOf.get(documentAST);
        if (text !== undefined) documents.set(text, documentAST);
      };
    },
  };
}
