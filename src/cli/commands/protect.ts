import type { Environment } from "#model";
import type { Result } from "../command-spec.ts";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { readSitePassword } from "../site-password.ts";
import { confirmWhereAsked } from "../terminal/prompts.ts";

interface ProtectOptions {
  readonly env: Environment;
  readonly preview?: string;
  readonly passwordStdin?: boolean;
  readonly linksOnly?: boolean;
  readonly off?: boolean;
  /** Seconds. */
  readonly link?: number;
  readonly name?: string;
}

export async function run(context: Context, _: readonly unknown[], options: ProtectOptions): Promise<Result> {
  requireOneWish(options);
  const [project, client] = await Promise.all([context.site(options.name), context.client()]);
  const target = options.preview === undefined ? { environment: options.env } : { preview: options.preview };
  if (options.link !== undefined) {
    const link = await client.createAccessLink({ project, ...target, expires_in: options.link });
    context.report.note("Whoever has this link can open the site until it expires, or the password is changed.");
    return { text: link.url, json: link };
  }
  if (options.off) {
    await confirmWhereAsked(
      context,
      `Open ${options.preview ?? options.env} of ${project} to everybody? Its password and the links to it are gone for good.`,
    );
  }
  const state = await client.setAccess({ project, ...target, ...(await wantedPassword(context, options)) });
  const what = state.preview === null ? state.environment : `Preview ${state.preview}`;
  context.report.step(state.is_protected ? "Protected" : "Opened", `${what} of ${project}`);
  if (state.is_protected) context.report.note("Open it to others by a link: sitepod protect --link 7d");
  return { text: context.paint.cyan(state.url), json: state };
}

/** What the server is told of a password: null opens, none leaves signed links as the only way in. */
async function wantedPassword(
  context: Context,
  { off, linksOnly, passwordStdin }: ProtectOptions,
): Promise<{ readonly password?: string | null }> {
  if (off) return { password: null };
  return linksOnly ? {} : { password: await readSitePassword(context, passwordStdin ?? false) };
}

function requireOneWish({ off, link, linksOnly, passwordStdin }: ProtectOptions): void {
  const wishes = Object.entries({
    "--off": off,
    "--link": link !== undefined,
    "--links-only": linksOnly,
    "--password-stdin": passwordStdin,
  }).flatMap(([flag, isWished]) => (isWished ? [flag] : []));
  if (wishes.length > 1) throw new Failure("usage", `${wishes.join(" and ")} do not go together.`);
}
