/** The published versions, as R2 lists them. */
import type { KeepAlive } from "../concurrency/keep-alive.ts";
import { LOST_AFTER_MS } from "../concurrency/turns.ts";
import { type VersionRef, versionName } from "../models/version-ref.ts";
import type { ListedVersion } from "./model-bucket.ts";

/** A version that was published a moment ago may be missing from the list for this long. */
const RELIST_MS = 5_000;

export type VersionListing = {
  readonly versions: readonly ListedVersion[];
  /** `id@version` */
  readonly names: ReadonlySet<string>;
  /** When it was asked for, in milliseconds. */
  readonly at: number;
};

export type VersionListOptions = {
  /** How long a list is used. */
  readonly ttlMs: number;
  readonly keepAlive: KeepAlive;
  readonly onError: (error: unknown) => void;
};

/**
 * Lists the versions at most once in some seconds, whatever callers ask for. Lists are what R2 charges
 * most for, and callers can make up any number of names.
 */
export class VersionList {
  readonly #list: () => Promise<readonly ListedVersion[]>;
  readonly #options: VersionListOptions;
  #known: VersionListing | undefined;
  #reading: { readonly listing: Promise<VersionListing>; readonly since: number } | undefined;

  constructor(list: () => Promise<readonly ListedVersion[]>, options: VersionListOptions) {
    this.#list = list;
    this.#options = options;
  }

  /**
   * Returns the list. If the bucket cannot be listed again, that is the old one.
   *
   * @throws ModelError MODEL_UNAVAILABLE if the bucket cannot be listed and never was
   */
  async get(): Promise<VersionListing> {
    const { ttlMs, onError } = this.#options;
    try {
      return await this.#noOlderThan(ttlMs);
    } catch (error) {
      if (!this.#known) throw error;
      onError(error);
      // The next attempt comes after another TTL, not with every request.
      this.#known = { ...this.#known, at: Date.now() };
      return this.#known;
    }
  }

  /**
   * Whether a version is published.
   *
   * @throws ModelError MODEL_UNAVAILABLE
   */
  async has(ref: VersionRef): Promise<boolean> {
    const name = versionName(ref);
    const asked = Date.now();
    const listing = await this.get();
    if (listing.names.has(name)) return true;
    if (listing.at >= asked) return false;
    const ageMs = Math.min(this.#options.ttlMs, RELIST_MS);
    return (await this.#noOlderThan(ageMs)).names.has(name);
  }

  async #noOlderThan(ageMs: number): Promise<VersionListing> {
    const now = Date.now();
    if (this.#known && now - this.#known.at < ageMs) return this.#known;
    if (this.#reading && now - this.#reading.since < LOST_AFTER_MS) return this.#reading.listing;
    const reading = { listing: this.#readNow(now), since: now };
    this.#reading = reading;
    const forget = () => {
      if (this.#reading === reading) this.#reading = undefined;
    };
    this.#options.keepAlive(reading.listing.then(forget, forget));
    return reading.listing;
  }

  async #readNow(at: number): Promise<VersionListing> {
    const versions = await this.#list();
    this.#known = { versions, names: new Set(versions.map(versionName)), at };
    return this.#known;
  }
}
