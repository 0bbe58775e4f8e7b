import { type Access, type Environment, ENVIRONMENTS, SitepodError, withAccess } from "#model";
import { ACCESS_PARAMETER, environmentPointer, formatAccessToken, previewPointer } from "#routing";
import type { Api } from "#wire";
import { changeStore } from "../change-store.ts";
import type { Context, StoreChange } from "../context.ts";
import type { Actor } from "../identity/actor.ts";
import { recordAct, recordEvent } from "../identity/audit.ts";
import { labelNow } from "../release/label-now.ts";
import type { Site } from "../release/sites.ts";
import { closeReleases, settleReleases } from "./permanent-addresses.ts";

/** What can be protected: one pointer of a site. */
export type AccessTarget =
  | { readonly kind: "environment"; readonly environment: Environment }
  | { readonly kind: "preview"; readonly slug: string };

const SECRET_BYTES = 32;

/** Reads which pointer a message means. Throws SitepodError `invalid` unless it is exactly one. */
export function targetOf(body: Pick<Api.AccessRequest, "environment" | "preview">): AccessTarget {
  const { environment, preview } = body;
  if (environment !== undefined && preview === undefined) return { kind: "environment", environment };
  if (preview !== undefined && environment === undefined) return { kind: "preview", slug: preview };
  throw new SitepodError("invalid", "Name either an environment or a preview.");
}

/** Makes a protection that a password opens, or, without one, signed links alone. */
export async function makeAccess(context: Context, password: string | undefined): Promise<Access> {
  const secret = Buffer.from(context.randomBytes(SECRET_BYTES)).toString("hex");
  if (password === undefined) return { secret };
  // A hash takes 64 MiB and a core for a tenth of a second: one at a time, however many ask.
  const password_hash = await context.inTurn("site password", () => Bun.password.hash(password, "argon2id"));
  return { password_hash, secret };
}

/**
 * Protects a pointer, anew where it is protected already, or (password null) opens it. What was let in before is not any
 * more. Throws SitepodError: `not_found` preview, `conflict` where nothing was released to the environment.
 */
export async function setAccess(
  context: Context,
  actor: Actor,
  site: Site,
  target: AccessTarget,
  password: string | null | undefined,
): Promise<Api.AccessState> {
  const access = password === null ? undefined : await makeAccess(context, password);
  const before = await findAccess(context, site, target);
  const data = { site, target, wasProtected: before !== undefined, mark: markOf(context, access) };
  await changeStore(context, actor, accessChange, { turn: site.id, siteId: site.id, data }, async () => {
    if (access) await closeReleases(context, site.label, access);
    await writeAccess(context, site, target, access);
    await settleReleases(context, site.label);
  });
  return describe(context, site, target, access);
}

interface ChangedAccess {
  readonly site: Site;
  readonly target: AccessTarget;
  readonly wasProtected: boolean;
  /** Tells the new protection from others; null: there is none. */
  readonly mark: string | null;
}

export const accessChange: StoreChange<ChangedAccess> = {
  kind: "access",
  async isMade(context, { site, target, mark }) {
    const pointer = await readPointer(context, await labelNow(context, site), target);
    return pointer !== undefined && markOf(context, pointer.access) === mark;
  },
  finish: async (context, { site }) => settleReleases(context, await labelNow(context, site)),
  async enter(context, { author, at, data: { site, target, wasProtected, mark } }, query) {
    const change = { before: { is_protected: wasProtected }, after: { is_protected: mark !== null } };
    const action = mark === null ? "access.open" : "access.protect";
    await recordEvent(context, author, action, { site, target: nameOf(target), at, ...change }, query);
  },
};

/** Of the secret, which signs links, the database has no more than this. */
const markOf = ({ hash }: Context, access: Access | undefined): string | null =>
  access ? hash(new TextEncoder().encode(access.secret)) : null;

const readPointer = ({ records }: Context, label: string, target: AccessTarget) =>
  target.kind === "environment" ? records.readRef(label, target.environment) : records.readPreview(label, target.slug);

/** Lists what a site's visitors may see. */
export async function listAccess(context: Context, site: Site): Promise<Api.AccessList> {
  const access: Api.AccessState[] = [];
  for (const environment of ENVIRONMENTS) {
    const ref = await context.records.readRef(site.label, environment);
    if (ref) access.push(describe(context, site, { kind: "environment", environment }, ref.access));
  }
  const now = context.nowMs();
  for await (const { preview } of context.records.previews(site.label)) {
    if (Date.parse(preview.expires_at) <= now) continue;
    access.push(describe(context, site, { kind: "preview", slug: preview.slug }, preview.access));
  }
  const claim = await context.records.readClaim(site.label);
  return { access, releases_protected: claim?.access !== undefined };
}

/** Makes a link that opens a protected pointer for a time. Throws SitepodError `conflict` where it is not protected. */
export async function createAccessLink(
  context: Context,
  actor: Actor,
  site: Site,
  target: AccessTarget,
  lifeS: number,
): Promise<Api.AccessLink> {
  const access = await findAccess(context, site, target);
  if (!access) {
    throw new SitepodError("conflict", `${nameOf(target)} of ${site.name} is open to everybody: it needs no link.`);
  }
  const expiresS = Math.floor(context.nowMs() / 1000) + lifeS;
  const token = formatAccessToken("link", { pointer: pointerOf(site, target), secret: access.secret }, expiresS);
  const expiresAt = new Date(expiresS * 1000).toISOString();
  await recordAct(context, actor, "access.link", { site, target: `${nameOf(target)} until ${expiresAt}` });
  return { url: `${urlOf(context, site, target)}/?${ACCESS_PARAMETER}=${token}`, expires_at: expiresAt };
}

/** Finds a pointer's protection, undefined where it has none. Throws as `setAccess` does. */
async function findAccess(context: Context, site: Site, target: AccessTarget): Promise<Access | undefined> {
  const pointer = await readPointer(context, site.label, target);
  if (pointer) return pointer.access;
  if (target.kind === "environment") {
    throw new SitepodError(
      "conflict",
      `Nothing has been released to ${target.environment} of ${site.name} yet. ` +
        "To release and protect it in one, run sitepod deploy --protect.",
    );
  }
  throw new SitepodError("not_found", `${site.name} has no preview ${JSON.stringify(target.slug)}.`);
}

/** The pointer is there: who calls holds the site. */
async function writeAccess(
  { records }: Context,
  site: Site,
  target: AccessTarget,
  access: Access | undefined,
): Promise<void> {
  if (target.kind === "environment") {
    // The version stays: the environment has not moved.
    await records.moveRef(site.label, target.environment, (ref) => withAccess(ref!, access));
  } else {
    const preview = await records.readPreview(site.label, target.slug);
    await records.writePreview(site.label, withAccess(preview!, access));
  }
}

function describe(context: Context, site: Site, target: AccessTarget, access: Access | undefined): Api.AccessState {
  return {
    environment: target.kind === "environment" ? target.environment : null,
    preview: target.kind === "preview" ? target.slug : null,
    url: urlOf(context, site, target),
    is_protected: access !== undefined,
    has_password: access?.password_hash !== undefined,
  };
}

const nameOf = (target: AccessTarget): string =>
  target.kind === "environment" ? target.environment : `preview ${target.slug}`;

const pointerOf = (site: Site, target: AccessTarget): string =>
  target.kind === "environment"
    ? environmentPointer(site.name, target.environment)
    : previewPointer(site.name, target.slug);

const urlOf = ({ addresses }: Context, site: Site, target: AccessTarget): string =>
  target.kind === "environment"
    ? addresses.site(site.label, target.environment)
    : addresses.preview(site.label, target.slug);
