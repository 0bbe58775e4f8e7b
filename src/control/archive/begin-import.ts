import { type Digest, parseDigest, parseSiteName, SitepodError } from "#model";
import { DigestMap } from "#store";
import { type Api, parseBatch } from "#wire";
import { type Context, newId, nowIso } from "../context.ts";
import { type Actor, requireAllSites } from "../identity/actor.ts";
import { findWorkspace, meantWorkspace } from "../identity/workspace.ts";
import { recountInTurn, requireStoredRoom } from "../quota/require-room.ts";
import { requireRoomForNew } from "../quota/site-room.ts";
import { UPLOAD_LIFE_MS } from "../release/plan.ts";
import { checkName, describeDeletion, findAnySite, sentence } from "../release/sites.ts";
import { createImport, findImport, type ImportRecord, removeImport } from "./import-record.ts";

/** Stands for all that an import brings: no content has this name. */
const ALL_CONTENTS = "0".repeat(64) as Digest;

/** A manifest takes about 100 bytes a file: enough for the most files that a deploy may have. */
const MAX_MANIFEST_BYTES = 64 * 1024 * 1024;

/**
 * Begins the import of a site. Throws SitepodError: `invalid` where the name cannot be one, `conflict` where there is
 * such a site, `too_large` where the account has too many or would hold too much, `storage_full` where there is no room,
 * `forbidden` by a token of one site.
 */
export async function beginImport(
  context: Context,
  actor: Actor,
  { project, size = 0 }: Api.ImportRequest,
): Promise<Api.ImportBegun> {
  requireAllSites(actor);
  // All is sent, also what is here already: what that is, nobody knows yet.
  await context.disk.requireRoom(context.disk.keepsContents ? size : 0);
  const name = parseSiteName(project);
  if (!name.ok) throw new SitepodError("invalid", `${sentence(name.fault)}.`);
  await requireFree(context, actor, name.value);
  const workspaceId = await meantWorkspace(context, actor);
  await requireRoomForNew(context, actor, workspaceId);
  const contents = { mostBytes: size, sizes: () => new DigestMap().set(ALL_CONTENTS, size) };
  await requireStoredRoom(context, workspaceId, contents, recountInTurn(context));
  const record: ImportRecord = {
    id: newId(context, "import", 24),
    user_id: actor.userId,
    workspace_id: workspaceId,
    project: name.value,
    site_id: newId(context, "site"),
    state: "open",
    expires_at: new Date(context.nowMs() + UPLOAD_LIFE_MS).toISOString(),
  };
  await createImport(context, record);
  return { import_id: record.id, expires_at: record.expires_at };
}

async function requireFree(context: Context, actor: Actor, name: string): Promise<void> {
  if ((await checkName(context, name)).available) return;
  const own = await findAnySite(context, actor, name, "site:read").catch(() => undefined);
  if (own?.deletion) throw new SitepodError("conflict", describeDeletion(own.site, own.deletion));
  throw own
    ? new SitepodError(
        "conflict",
        `You have a site ${JSON.stringify(name)} already, with releases of its own. Import under another name, or delete ` +
          "that site first.",
      )
    : new SitepodError("forbidden", `The name ${JSON.stringify(name)} is taken. Choose another name.`);
}

/**
 * Finds an import of the actor, who must still be one to make sites in its workspace. Throws SitepodError `not_found`,
 * `gone` where it has expired, `forbidden`.
 */
export async function requireImport(context: Context, actor: Actor, id: string): Promise<ImportRecord> {
  requireAllSites(actor);
  const record = await findImport(context, id);
  if (!record || record.user_id !== actor.userId) {
    throw new SitepodError("not_found", "There is no such import. Begin it again.");
  }
  await findWorkspace(context, actor, record.workspace_id);
  if (record.expires_at > nowIso(context)) return record;
  throw new SitepodError("gone", "This import has expired. Begin it again.");
}

export interface SentContent {
  readonly hash: string;
  readonly lengthBytes: number | undefined;
  readonly body: AsyncIterable<Uint8Array>;
}

/** Stores one content of an import. Throws SitepodError: `invalid` where it is not what its hash says, `too_large`. */
export async function receiveContent(
  context: Context,
  actor: Actor,
  id: string,
  { hash, lengthBytes, body }: SentContent,
): Promise<{ hash: Digest; size: number }> {
  const record = await requireOpen(context, actor, id);
  const digest = parseDigest(hash);
  if (!digest) throw new SitepodError("invalid", `${JSON.stringify(hash)} is not a hash.`);
  if (lengthBytes === undefined) throw new SitepodError("invalid", "The request needs a Content-Length.");
  requireSmall(context, lengthBytes);
  await context.disk.requireRoom(lengthBytes);
  await context.store.uploads.stage(record.id, digest, lengthBytes, body);
  return { hash: digest, size: lengthBytes };
}

/** Stores many small contents that came as one body. Returns how many. Throws as for one. */
export async function receiveContents(
  context: Context,
  actor: Actor,
  id: string,
  body: Uint8Array<ArrayBuffer>,
): Promise<number> {
  const record = await requireOpen(context, actor, id);
  const batch = parseBatch(body);
  if (!batch.ok) throw new SitepodError("invalid", `${sentence(batch.fault)}.`);
  for (const { bytes } of batch.value) requireSmall(context, bytes.length);
  await context.disk.requireRoom(body.length);
  await context.store.uploads.stageAll(record.id, batch.value);
  return batch.value.length;
}

/** Ends an import that is not to be committed, and forgets what was sent. */
export async function abandonImport(context: Context, actor: Actor, id: string): Promise<void> {
  await removeImport(context, (await requireOpen(context, actor, id)).id);
}

async function requireOpen(context: Context, actor: Actor, id: string): Promise<ImportRecord> {
  const record = await requireImport(context, actor, id);
  if (record.state === "open") return record;
  throw new SitepodError("conflict", "This import is committed already.");
}

function requireSmall({ settings }: Context, bytes: number): void {
  const most = Math.max(settings.maxFileBytes, MAX_MANIFEST_BYTES);
  if (bytes <= most) return;
  throw new SitepodError(
    "too_large",
    `A content has ${bytes} bytes, and this server allows ${most}. Ask an administrator of it for more ` +
      "(SITEPOD_MAX_FILE_SIZE).",
  );
}
