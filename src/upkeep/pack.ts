import { SitepodError } from "#model";
import type { Texts } from "./snapshot.ts";

const encoder = new TextEncoder();

/** Writes documents as one content: a line of JSON for each, `["refs/docs/prod.json","…"]`. */
export function formatTexts(texts: Texts): Uint8Array<ArrayBuffer> {
  return encoder.encode(Array.from(texts, (entry) => `${JSON.stringify(entry)}\n`).join(""));
}

/** Reads what `formatTexts` wrote; it has been verified by its digest. */
export function parseTexts(bytes: Uint8Array): Texts {
  const texts = new Map<string, string>();
  for (const line of new TextDecoder().decode(bytes).split("\n")) {
    if (line === "") continue;
    const [key, text] = JSON.parse(line) as unknown[];
    if (typeof key !== "string" || typeof text !== "string") {
      throw new SitepodError("internal", "The documents of this backup cannot be read. Take another backup.");
    }
    texts.set(key, text);
  }
  return texts;
}
