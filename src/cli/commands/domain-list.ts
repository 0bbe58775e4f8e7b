import type { Result } from "../command-spec.ts";
import type { Context } from "../context.ts";
import { formatTable } from "../terminal/table.ts";

export async function run(context: Context, _: readonly unknown[], { name }: { name?: string }): Promise<Result> {
  const [site, client] = await Promise.all([context.site(name), context.client()]);
  const list = await client.domains(site);
  const text = formatTable(
    [{ title: "DOMAIN", paint: context.paint.bold }, { title: "PATH" }, { title: "TYPE" }, { title: "STATUS" }],
    list.domains.map(({ domain, slug, type, status, is_primary: isPrimary }) => [
      domain,
      slug,
      isPrimary ? `${type}, primary` : type,
      status,
    ]),
  );
  return { text: text || `${site} has no domain.`, json: list };
}
