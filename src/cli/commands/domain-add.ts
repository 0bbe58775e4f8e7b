import type { Result } from "../command-spec.ts";
import type { Context } from "../context.ts";
import { formatTable } from "../terminal/table.ts";

interface DomainAddOptions {
  readonly slug: string;
  readonly name?: string;
}

export async function run(
  context: Context,
  [domain]: readonly (string | undefined)[],
  { slug, name }: DomainAddOptions,
): Promise<Result> {
  const [project, client] = await Promise.all([context.site(name), context.client()]);
  const added = await client.addDomain({ project, domain: domain!, slug });
  const record = formatTable(
    [{ title: "TYPE" }, { title: "NAME" }, { title: "VALUE" }],
    [["TXT", `_sitepod.${added.domain}`, added.verification_txt]],
  );
  const text = [
    `${context.paint.bold(added.domain)} is added. To prove that it is yours, set this DNS record:`,
    "",
    record,
    "",
    `Then run: sitepod domain verify ${added.domain}`,
  ];
  return { text: text.join("\n"), json: added };
}
