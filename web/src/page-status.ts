import { useEffect } from "preact/hooks";

/** Reading each of several texts that follow at once would take too long: only the last one counts. */
const SETTLE_MS = 300;

/**
 * Puts a text into the live region of index.html. The region is there before the text: screen readers
 * miss a region that appears together with its text.
 */
export function useStatus(text: string): void {
  useEffect(() => {
    const timer = setTimeout(() => {
      const region = document.querySelector("#status");
      if (region && region.textContent !== text) region.textContent = text;
    }, SETTLE_MS);
    return () => clearTimeout(timer);
  }, [text]);
}

/** Sets the title of the tab. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = title;
  }, [title]);
}
