import type { Page } from "playwright-core";

/** What a drop or a paste contains. */
export type Transfer = {
  readonly files?: readonly { readonly name: string; readonly content: Buffer }[];
  /** By media type. */
  readonly texts?: Readonly<Record<string, string>>;
};

/** Drops on, or pastes into, the page's body, which is outside the dashed box. */
export function giveTransfer(
  page: Page,
  way: "drop" | "paste",
  { files = [], texts = {} }: Transfer,
): Promise<boolean> {
  const encoded = files.map(({ name, content }) => [name, content.toString("base64")] as const);
  return page.evaluate(
    ([kind, contents, strings]) => {
      const data = new DataTransfer();
      for (const [name, base64] of contents) {
        const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
        data.items.add(new File([bytes], name));
      }
      for (const [type, text] of Object.entries(strings)) data.setData(type, text);
      const options = { bubbles: true, cancelable: true };
      const event =
        kind === "drop"
          ? new DragEvent("drop", { dataTransfer: data, ...options })
          : new ClipboardEvent("paste", { clipboardData: data, ...options });
      document.body.dispatchEvent(event);
      return event.defaultPrevented;
    },
    [way, encoded, texts] as const,
  );
}
