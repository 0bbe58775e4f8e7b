import type { Result } from "../command-spec.ts";
import type { Context } from "../context.ts";
import { type PublishOptions, publishFolder } from "../deploy/publish.ts";
import { identify } from "../init/identify.ts";
import { readSitePassword } from "../site-password.ts";
import { formatAge } from "../terminal/format.ts";

interface PreviewOptions extends PublishOptions {
  readonly slug?: string;
  /** Seconds. */
  readonly ttl: number;
}

export async function run(
  context: Context,
  [source]: readonly (string | undefined)[],
  chosen: PreviewOptions,
): Promise<Result> {
  const options = await identify(context, source, chosen);
  const password = options.protect ? await readSitePassword(context, false) : undefined;
  const { client, site, commit, counts, warnings } = await publishFolder(context, source, options);
  const preview = await client.preview({
    project: site,
    image_id: commit.image_id,
    expires_in: options.ttl,
    ...(options.slug === undefined ? {} : { slug: options.slug }),
    ...(password === undefined ? {} : { password }),
  });
  context.report.step("Previewed", `${commit.version}, expires ${formatAge(preview.expires_at, context.world.now())}`);
  return {
    text: context.paint.cyan(preview.url),
    json: {
      project: site,
      image_id: commit.image_id,
      content_hash: commit.content_hash,
      files: counts,
      warnings,
      ...preview,
    },
  };
}
