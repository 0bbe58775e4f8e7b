import type { Environment } from "#model";
import type { Result } from "../command-spec.ts";
import type { Context } from "../context.ts";
import { formatDnsRecords } from "../terminal/dns-records.ts";

interface DomainAddOptions {
  readonly slug: string;
  readonly env: Environment;
  readonly redirect?: string;
  readonly name?: string;
}

export async function run(
  context: Context,
  [domain]: readonly (string | undefined)[],
  { slug, env, redirect, name }: DomainAddOptions,
): Promise<Result> {
  const [project, client] = await Promise.all([context.site(name), context.client()]);
  const added = await client.addDomain({
    project,
    domain: domain!,
    slug,
    environment: env,
    ...(redirect === undefined ? {} : { redirect_to: redirect }),
  });
  const shown = context.paint.bold(added.slug === "/" ? added.domain : added.domain + added.slug);
  const text =
    added.status === "active"
      ? [`${shown} is served: ${added.domain} has been verified before.`]
      : [
          `${shown} is added. Set these DNS records:`,
          "",
          formatDnsRecords(added.records),
          "",
          `Then run: sitepod domain verify ${added.domain}`,
        ];
  return { text: text.join("\n"), json: added };
}
