import { writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { PROJECT_FILE } from "../project/project-file.ts";
import { askText } from "../terminal/prompts.ts";
import { faultOfName } from "./fault-of-name.ts";
import { detectFramework, type Framework } from "./frameworks.ts";
import { readProjectFacts } from "./project-facts.ts";
import { suggestSiteName } from "./site-name.ts";
import { formatProjectFile } from "./template.ts";

export interface ProjectChoice {
  readonly name?: string | undefined;
  readonly directory?: string | undefined;
}

export interface WrittenProject {
  readonly file: string;
  readonly name: string;
  readonly directory: string;
  readonly framework: Framework;
}

/** Writes `sitepod.toml` into the current folder: what was chosen, else asked at a terminal, else guessed. */
export async function writeProject(context: Context, chosen: ProjectChoice): Promise<WrittenProject> {
  const { cwd } = context.world;
  const facts = await readProjectFacts(cwd);
  const framework = detectFramework(facts);
  const guess = suggestSiteName(facts.packageName ?? basename(cwd));
  const name = await decide(context, chosen.name, { message: "The site's name", initial: guess, check: faultOfName });
  const fault = faultOfName(name);
  if (fault !== undefined) throw new Failure("usage", `${fault}.`, { next: `For example: --name ${guess}` });
  const directory = await decide(context, chosen.directory, {
    message: `The folder that is deployed (this looks like ${framework.name})`,
    initial: framework.directory,
    check: (text) => (text === "" ? "Name a folder; . is this one" : undefined),
  });
  const file = join(cwd, PROJECT_FILE);
  await writeFile(file, formatProjectFile(name, directory));
  context.report.step("Wrote", `${PROJECT_FILE} (${framework.name}: ${directory})`);
  return { file, name, directory, framework };
}

interface Question {
  readonly message: string;
  readonly initial: string;
  readonly check: (answer: string) => string | undefined;
}

async function decide(context: Context, chosen: string | undefined, question: Question): Promise<string> {
  if (chosen !== undefined) return chosen;
  return context.isInteractive ? await askText(context, question) : question.initial;
}
