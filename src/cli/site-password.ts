import { MIN_SITE_PASSWORD_LENGTH } from "#model";
import type { Context } from "./context.ts";
import { Failure } from "./failure.ts";
import { readFirstLine } from "./terminal/first-line.ts";
import { askPassword } from "./terminal/prompts.ts";

/**
 * Reads the password that is to protect a site: from standard input where that is asked for, else from
 * SITEPOD_SITE_PASSWORD, else from whoever is at the terminal. Throws a Failure of `usage` where there is none.
 */
export async function readSitePassword(context: Context, fromStdin: boolean): Promise<string> {
  const given = fromStdin ? await readFirstLine(context) : context.world.env["SITEPOD_SITE_PASSWORD"];
  if (given) return given;
  if (!context.isInteractive) {
    throw new Failure("usage", "Nobody is there to be asked for the site's password.", {
      next: "Set SITEPOD_SITE_PASSWORD, or give it to `sitepod protect --password-stdin`.",
    });
  }
  const password = await askPassword(context, {
    message: `A password for the site's visitors (${MIN_SITE_PASSWORD_LENGTH} characters or more)`,
    check: (text) =>
      text.length >= MIN_SITE_PASSWORD_LENGTH ? undefined : `${MIN_SITE_PASSWORD_LENGTH} characters or more`,
  });
  await askPassword(context, {
    message: "Once more",
    check: (text) => (text === password ? undefined : "That is not the same password"),
  });
  return password;
}
