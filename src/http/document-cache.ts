/** GraphQL documents that were parsed before. Most callers send the same few, with other variables. */
import type { DocumentNode } from "graphql";

/** Together they take at most about 2 MB: src/http/graphql-limits.ts limits the tokens of each. */
const MAX_DOCUMENTS = 8;
const MAX_TEXT_LENGTH = 4000;

/** Keeps the documents that were used last, unless they are long. */
export class DocumentCache {
  /** By text, from the least to the most recently used. */
  readonly #documents = new Map<string, DocumentNode>();

  get(text: string): DocumentNode | undefined {
    const document = this.#documents.get(text);
    if (document) this.#keep(text, document);
    return document;
  }

  set(text: string, document: DocumentNode): void {
    if (text.length > MAX_TEXT_LENGTH) return;
    this.#keep(text, document);
    const [oldest] = this.#documents.keys();
    if (this.#documents.size > MAX_DOCUMENTS) this.#documents.delete(oldest as string);
  }

  #keep(text: string, document: DocumentNode): void {
    this.#documents.delete(text);
    this.#documents.set(text, document);
  }
}
