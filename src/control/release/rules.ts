import { type Manifest, SitepodError } from "#model";
import { HEADERS_FILE, listWarnings, MAX_RULES_FILE_BYTES, parseSiteRules, REDIRECTS_FILE } from "#routing";
import type { Api } from "#wire";
import type { Context } from "../context.ts";

type Warnings = NonNullable<Api.CommitResponse["warnings"]>;

/** Warnings that one deploy is told; whoever corrects those sees the others the next time. */
const MAX_WARNINGS = 200;

/** Throws SitepodError `invalid` where a file of rules is larger than is read: what it closes would be open. */
export function requireReadableRules(manifest: Manifest): void {
  for (const path of [REDIRECTS_FILE, HEADERS_FILE]) {
    const size = manifest.find(path)?.size ?? 0;
    if (size > MAX_RULES_FILE_BYTES) {
      const most = `${MAX_RULES_FILE_BYTES / 1024 ** 2} MiB`;
      throw new SitepodError("invalid", `${path} has ${size} bytes and may have ${most}. Use * and :name in it.`);
    }
  }
}

/** Tells what is wrong with the rules of a pod that is stored. */
export async function lintRules(context: Context, manifest: Manifest): Promise<Warnings> {
  const read = async (path: string): Promise<string> => {
    const entry = manifest.find(path);
    const bytes = entry && (await context.store.blobs.bytes(entry.digest));
    return bytes ? new TextDecoder().decode(bytes) : "";
  };
  const files = { redirects: await read(REDIRECTS_FILE), headers: await read(HEADERS_FILE) };
  const warnings = listWarnings(parseSiteRules(files, manifest.settings), context.settings.mayProxy);
  return warnings.slice(0, MAX_WARNINGS).map(({ file, line, message }) => ({ file, line, message }));
}
