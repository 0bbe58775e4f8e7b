import { type Claim, DOCUMENT_FOLDERS, parseClaim, SitepodError } from "#model";
import type { InspectedStore } from "#store";

/** Documents by their keys. */
export type Texts = ReadonlyMap<string, string>;

/** Sites that move or go while all is read have it read again, so often at most. */
const MAX_ATTEMPTS = 20;
type Folder = (typeof DOCUMENT_FOLDERS)[number];
/** They mean something only to the server that is ordering certificates now. */
const LEFT_OUT = /^certs\/(?:leases|challenges)\//;

/**
 * Reads all documents of a store that a server may be using, such that they belong together, with a copy of the database
 * that is no newer: a server that is started on both brings the database into line. `copyDatabase` is called anew where
 * a site was renamed or deleted meanwhile.
 */
export async function takeSnapshot<Database>(
  documents: InspectedStore["documents"],
  copyDatabase: () => Promise<Database>,
): Promise<{ readonly texts: Texts; readonly database: Database }> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const before = await readFolder(documents, "sites");
    const database = await copyDatabase();
    const texts = new Map<string, string>();
    for (const folder of DOCUMENT_FOLDERS) {
      for (const [key, text] of await readFolder(documents, folder)) if (!LEFT_OUT.test(key)) texts.set(key, text);
    }
    if (isSteady(before, texts)) return { texts, database };
  }
  throw new SitepodError("unavailable", "Sites are being renamed or deleted all the time. Try again in a moment.");
}

/** Whether each site that was there is there still, at the same label. New ones harm nothing. */
function isSteady(before: Texts, after: Texts): boolean {
  for (const [key, text] of before) {
    const later = after.get(key);
    if (later === text) continue;
    if (later === undefined || placeOf(parseClaim(text)) !== placeOf(parseClaim(later))) return false;
  }
  return true;
}

const placeOf = (claim: Claim | undefined): string => `${claim?.site_id} ${claim?.moved_to}`;

async function readFolder(documents: InspectedStore["documents"], folder: Folder): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  for await (const key of documents.list(`${folder}/`)) {
    const text = await documents.read(key);
    if (text !== undefined) texts.set(key, text);
  }
  return texts;
}
