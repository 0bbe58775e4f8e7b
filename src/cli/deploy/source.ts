import { stat } from "node:fs/promises";
import { relative, resolve, sep } from "node:path";
import type { PodSettings } from "#model";
import { DEFAULT_CONCURRENT, DEFAULT_IGNORE } from "#wire";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { PROJECT_FILE } from "../project/project-file.ts";
import { requireYes } from "../terminal/prompts.ts";

/** What is deployed, and how: from the command line and sitepod.toml. */
export interface Source {
  /** Absolute. */
  readonly folder: string;
  /** As it is told to people. */
  readonly shown: string;
  /** Where the project is: the place of its Git repository. Absolute. */
  readonly projectFolder: string;
  readonly ignore: readonly string[];
  readonly concurrent: number;
  readonly settings: PodSettings;
}

/**
 * Decides which folder is meant. Throws a Failure: `usage` where none is named, or where it is one that nobody means
 * to publish; `not_found` where it does not exist.
 */
export async function chooseSource(context: Context, source: string | undefined, concurrent?: number): Promise<Source> {
  const { cwd } = context.world;
  const project = await context.project();
  const folder =
    source === undefined ? project && resolve(project.folder, project.toml.directory) : resolve(cwd, source);
  if (folder === undefined) {
    throw new Failure("usage", "There is no sitepod.toml here that says what to deploy.", {
      next: "Run `sitepod init`, or name the folder and the site: `sitepod deploy ./dist --name my-site`.",
    });
  }
  const inside = relative(cwd, folder) || ".";
  const shown = inside.startsWith("..") ? folder : inside;
  await requireFolder(folder, shown);
  await requirePublishable(context, folder);
  return {
    folder,
    shown,
    projectFolder: project?.folder ?? folder,
    // The project's own file is none of the site's.
    ignore: [...(project?.toml.ignore ?? DEFAULT_IGNORE), `./${PROJECT_FILE}`],
    concurrent: concurrent ?? project?.toml.concurrent ?? DEFAULT_CONCURRENT,
    settings: project?.toml.serve ?? {},
  };
}

async function requireFolder(folder: string, shown: string): Promise<void> {
  const stats = await stat(folder).catch(() => undefined);
  if (!stats) {
    throw new Failure("not_found", `There is no folder ${shown}.`, {
      next: "Run your build first, or correct `build.directory` in sitepod.toml.",
    });
  }
  if (!stats.isDirectory()) {
    throw new Failure("usage", `${shown} is not a folder.`, { next: "Name the folder that holds your site." });
  }
}

/** The home folder, and what holds it, have keys and letters in them. */
async function requirePublishable(context: Context, folder: string): Promise<void> {
  const { home } = context.world;
  const holdsHome = home === folder || home.startsWith(folder.endsWith(sep) ? folder : folder + sep);
  if (holdsHome) await requireYes(context, `${folder} holds your home folder. Publish everything in it?`);
}
