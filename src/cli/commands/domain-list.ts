import type { Result } from "../command-spec.ts";
import type { Context } from "../context.ts";
import { formatAge } from "../terminal/format.ts";
import { formatTable } from "../terminal/table.ts";
import type { Api } from "#wire";

export async function run(context: Context, _: readonly unknown[], { name }: { name?: string }): Promise<Result> {
  const [site, client] = await Promise.all([context.site(name), context.client()]);
  const list = await client.domains(site);
  const text = formatTable(
    [{ title: "DOMAIN", paint: context.paint.bold }, { title: "PATH" }, { title: "SHOWS" }, { title: "STATUS" }],
    list.domains.map((domain) => [
      domain.domain,
      domain.slug,
      domain.redirect_to === null ? domain.environment : `→ ${domain.redirect_to}`,
      describeStatus(domain, context.world.now()),
    ]),
  );
  return { text, json: list };
}

function describeStatus(
  { status, is_primary, missing_since }: Api.DomainList["domains"][number],
  nowMs: number,
): string {
  if (is_primary) return "primary";
  if (status === "pending") return "pending: waits for its DNS record, see sitepod domain verify";
  return missing_since === null ? "active" : `active, but its DNS record was gone ${formatAge(missing_since, nowMs)}`;
}
