import { access } from "node:fs/promises";
import { join } from "node:path";
import type { Result } from "../command-spec.ts";
import type { Context } from "../context.ts";
import { type ProjectChoice, writeProject } from "../init/write-project.ts";
import { PROJECT_FILE } from "../project/project-file.ts";
import { requireYes } from "../terminal/prompts.ts";

export async function run(context: Context, _: readonly unknown[], options: ProjectChoice): Promise<Result> {
  const isThere = await access(join(context.world.cwd, PROJECT_FILE)).then(
    () => true,
    () => false,
  );
  if (isThere) await requireYes(context, `${PROJECT_FILE} is there already. Replace it?`);
  const { file, name, directory, framework } = await writeProject(context, options);
  if (framework.needs !== undefined) context.report.warn(framework.needs);
  const build = framework.build === undefined ? "" : `${framework.build} && `;
  return {
    text: `Next: ${context.paint.bold(`${build}sitepod deploy`)}`,
    json: { file, name, directory, framework: framework.name },
  };
}
