import type { Context } from "../context.ts";
import { writeProject } from "./write-project.ts";

/** At a terminal, a deploy without a `sitepod.toml` begins by writing one. Elsewhere it fails later, and says why. */
export async function ensureProject(context: Context): Promise<void> {
  if (!context.isInteractive || (await context.project())) return;
  // Nobody should answer questions only to be told to log in.
  await context.client();
  context.report.note("There is no sitepod.toml here. Two questions, and it is written:");
  await writeProject(context, {});
  context.forgetProject();
}
