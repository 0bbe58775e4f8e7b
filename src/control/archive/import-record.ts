import { type Digest, parseJsonObject, SitepodError } from "#model";
import type { Context } from "../context.ts";

/**
 * A site that is on its way from another server. Its contents are staged under the import's own id, apart from all
 * workspaces', and nothing of the site is to be seen before the commit.
 */
export interface ImportRecord {
  readonly id: string;
  readonly user_id: string;
  readonly workspace_id: string;
  /** The name that the site will have. */
  readonly project: string;
  /** The id that the site will have. */
  readonly site_id: string;
  /** `committing`: contents are durable, and the site is being made; the same commit sent again ends it. */
  readonly state: "open" | "committing" | "done";
  /** Of the commit that was begun, its hash: only the same one may end it, as what it names is not asked for again. */
  readonly commit?: Digest;
  /** ISO 8601. */
  readonly expires_at: string;
}

const FOLDER = "imports/";
const keyOf = (id: string): string => `${FOLDER}${id}.json`;
const formatRecord = (record: ImportRecord): string => `${JSON.stringify(record)}\n`;
const ID = /^import_[0-9a-z]{24}$/;

type Stored = Pick<Context, "store">;

export async function createImport({ store }: Stored, record: ImportRecord): Promise<void> {
  await store.documents.create(keyOf(record.id), formatRecord(record));
}

export async function findImport({ store }: Stored, id: string): Promise<ImportRecord | undefined> {
  return ID.test(id) ? parseRecord(await store.documents.read(keyOf(id))) : undefined;
}

export async function writeImport({ store }: Stored, current: ImportRecord, next: ImportRecord): Promise<void> {
  if (await store.documents.replace(keyOf(current.id), formatRecord(current), formatRecord(next))) return;
  throw new SitepodError("conflict", "This import was ended meanwhile. Begin it again.");
}

/** Forgets an import, and what was sent for it. */
export async function removeImport({ store }: Stored, id: string): Promise<void> {
  await store.documents.remove(keyOf(id));
  await store.uploads.expire((workspace) => workspace !== id);
}

export async function* listImports({ store }: Stored): AsyncGenerator<ImportRecord> {
  for await (const key of store.documents.list(FOLDER)) {
    const record = parseRecord(await store.documents.read(key));
    if (record) yield record;
  }
}

function parseRecord(text: string | undefined): ImportRecord | undefined {
  const value = parseJsonObject(text ?? "");
  const strings = ["id", "user_id", "workspace_id", "project", "site_id", "state", "expires_at"] as const;
  return strings.every((key) => typeof value?.[key] === "string") ? (value as unknown as ImportRecord) : undefined;
}
