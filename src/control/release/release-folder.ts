import type { Context } from "../context.ts";
import type { Actor } from "../identity/actor.ts";
import { commitUpload } from "./commit.ts";
import { planUpload } from "./plan.ts";
import { releaseSite } from "./pointers.ts";
import { holdSite } from "./sites.ts";
import { createReceivedLines } from "./received-lines.ts";
import { chunksOf, createReceiver } from "./upload.ts";

export interface ServedFile {
  readonly path: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Deploys files that the server itself holds, in the same steps as a client. Returns the URL of prod. */
export async function releaseFolder(
  context: Context,
  actor: Actor,
  name: string,
  files: readonly ServedFile[],
): Promise<string> {
  const contents = new Map(files.map(({ bytes }) => [context.hash(bytes) as string, bytes]));
  const plan = await planUpload(context, actor, {
    project: name,
    files: files.map(({ path, bytes }) => ({ path, blake3: context.hash(bytes), size: bytes.length })),
  });
  const received = createReceivedLines(context);
  const receiver = createReceiver(context, received);
  for (const { hash, size } of plan.missing) {
    await receiver.one(actor, plan.plan_id, hash, size, chunksOf(contents.get(hash)!));
  }
  const message = "The example that came with the server";
  const commit = { uploadId: plan.plan_id, message, trigger: "system" } as const;
  const { version } = await commitUpload(context, actor, commit, received);
  const { url } = await holdSite(context, actor, name, (site) =>
    releaseSite(context, actor, site, { environment: "prod", choice: { version } }),
  );
  return url;
}
