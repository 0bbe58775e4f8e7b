import type { Result } from "../command-spec.ts";
import type { Context } from "../context.ts";
import { requireName } from "../terminal/prompts.ts";

/** Deletes a site. What is not named on the command line is asked for by name: there is no way back. */
export async function run(
  context: Context,
  [named]: readonly (string | undefined)[],
  { name }: { name?: string },
): Promise<Result> {
  const site = await context.site(named ?? name);
  const client = await context.client();
  const project = await client.project(site);
  const question = `Delete ${project.name} (${project.url}) with all its releases, for good?`;
  await requireName(context, question, project.name);
  const deleted = await client.deleteProject(project.id);
  return { text: deleted.message, json: { ...deleted, project: project.name } };
}
