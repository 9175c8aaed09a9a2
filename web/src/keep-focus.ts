/**
 * Moves the focus to the surroundings if the focused element is removed. Otherwise it falls to the body, and
 * a keyboard or screen reader starts again at the top of the page.
 *
 * @returns a function that stops it
 */
export function keepFocus(root: Element): () => void {
  let surroundings: readonly Element[] = [];
  let opener: Element | undefined;
  const remember = ({ target }: Event) => {
    if (!(target instanceof Element)) return;
    const before = surroundings[0];
    const inDialog = target.closest("dialog");
    if (!inDialog) opener = undefined;
    else if (before && !before.closest("dialog")) opener = before;
    surroundings = pathOf(target);
  };
  const recover = () => {
    const [focused] = surroundings;
    if (!focused || focused.isConnected || document.activeElement !== document.body) return;
    const target = opener?.isConnected ? opener : surroundings.find(isPlace);
    if (!(target instanceof HTMLElement)) return;
    if (target !== opener) target.tabIndex = -1;
    target.focus({ preventScroll: true });
  };
  const observer = new MutationObserver(recover);
  observer.observe(root, { childList: true, subtree: true });
  root.addEventListener("focusin", remember);
  return () => {
    observer.disconnect();
    root.removeEventListener("focusin", remember);
  };
}

/** The element and all around it, innermost first. */
function pathOf(element: Element): Element[] {
  const path = [];
  for (let now: Element | null = element; now; now = now.parentElement) path.push(now);
  return path;
}

function isPlace(element: Element): boolean {
  return element.isConnected && element.matches("section, article, main");
}
