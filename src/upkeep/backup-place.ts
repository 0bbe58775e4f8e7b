import { DOCUMENT_FOLDERS, SitepodError } from "#model";
import type { InspectedStore } from "#store";

/**
 * Throws SitepodError `conflict` where a place is what some server serves from, rather than one for backups alone: what no
 * backup names is removed from there.
 */
export async function requireBackupPlace({ documents }: InspectedStore): Promise<void> {
  for (const folder of DOCUMENT_FOLDERS) {
    for await (const key of documents.list(`${folder}/`)) {
      throw new SitepodError(
        "conflict",
        `This place is a server's own storage: it holds ${key}. Choose another folder or bucket for backups.`,
      );
    }
  }
}
