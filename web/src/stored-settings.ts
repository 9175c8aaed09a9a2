/** Settings that the browser remembers. Reading and writing both throw if the visitor blocks all cookies. */

/** @returns null if nothing is stored, or the storage is blocked */
export function recall(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

/** Stores a setting, if the browser allows it. */
export function remember(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // It lasts until the page is closed.
  }
}
