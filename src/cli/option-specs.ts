import { ENVIRONMENTS } from "#model";
import type { OptionSpec } from "./command-spec.ts";
import { parseNewSite, parseWhole } from "./option-values.ts";

/** Options that several commands have. */
export const site: OptionSpec = { flags: "-n, --name <site>", doc: "The site, instead of the one sitepod.toml names" };
/** Of the commands that make it where there is none. */
export const newSite: OptionSpec = { ...site, parse: parseNewSite };
export const message: OptionSpec = { flags: "-m, --message <text>", doc: "What changed, kept with the release" };
export const concurrent: OptionSpec = {
  flags: "-c, --concurrent <number>",
  doc: "Files uploaded at the same time",
  parse: parseWhole(1, 100),
};
export const noWait: OptionSpec = {
  flags: "--no-wait",
  doc: "Where another member must approve it, ask for that and fail, rather than wait",
};
export const caseCollisions: OptionSpec = {
  flags: "--allow-case-collisions",
  doc: "Deploy also where two paths differ by case alone",
};
export const protect: OptionSpec = {
  flags: "--protect",
  doc: "Ask visitors for a password from the first moment, unless they are asked for one already",
};
export const environment = (extra: Partial<OptionSpec>): OptionSpec => ({
  flags: "--env <environment>",
  doc: "The environment",
  choices: ENVIRONMENTS,
  ...extra,
});
