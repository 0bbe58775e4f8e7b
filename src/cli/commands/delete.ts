import type { Api } from "#wire";
import type { ApiClient } from "../api-client.ts";
import type { Result } from "../command-spec.ts";
import type { Context } from "../context.ts";
import { formatCount } from "../terminal/format.ts";
import { requireName } from "../terminal/prompts.ts";

interface DeleteOptions {
  readonly name?: string;
  readonly now?: boolean;
}

/** Puts a site into the bin; with `--now` deletes it for good, out of the bin too. Its name is asked for, and what goes is told. */
export async function run(
  context: Context,
  [named]: readonly (string | undefined)[],
  { name, now }: DeleteOptions,
): Promise<Result> {
  const site = await context.site(named ?? name);
  const client = await context.client();
  const deleted = now ? await findDeleted(client, site) : undefined;
  if (deleted) return await purge(context, client, deleted);
  const project = await client.project(site);
  const what = `Delete ${project.name} (${project.url})`;
  const contents = await describeContents(context, client, project);
  const question = now
    ? `${what} for good, with ${contents}? There is no way back.`
    : `${what}? It stops being served at once, with ${contents}. For 7 days \`sitepod restore ${project.name}\` brings all back.`;
  await requireName(context, question, project.name);
  const answer = await client.deleteProject(project.id, now ?? false);
  return { text: answer.message, json: { ...answer, project: project.name } };
}

const findDeleted = async (client: ApiClient, site: string): Promise<Api.DeletedSite | undefined> =>
  (await client.bin()).sites.find(({ name, id }) => name === site || id === site);

async function purge(context: Context, client: ApiClient, { id, name, releases }: Api.DeletedSite): Promise<Result> {
  const question = `Delete ${name} for good, with its ${formatCount(releases, "release")}? There is no way back.`;
  await requireName(context, question, name);
  const answer = await client.purge(id);
  return { text: answer.message, json: { ...answer, project: name } };
}

/** Says what a site has. Nobody who has said yes already waits for it. */
async function describeContents(context: Context, client: ApiClient, { id }: Api.Project): Promise<string> {
  if (context.flags.yes) return "all that it has";
  const [releases, previews, { domains }] = await Promise.all([
    client.countImages(id),
    client.previews(id),
    client.domains(id),
  ]);
  const custom = domains.flatMap(({ type, domain, slug }) =>
    type === "custom" ? [slug === "/" ? domain : domain + slug] : [],
  );
  return [
    `its ${formatCount(releases, "release")}`,
    ...(previews.length === 0 ? [] : [formatCount(previews.length, "preview")]),
    ...(custom.length === 0 ? [] : [custom.join(", ")]),
  ].join(", ");
}
