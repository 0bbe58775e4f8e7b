import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's root. */
export const root: string = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** The command that starts what is tested: the built executable, alone, unless the environment names another. */
export const executable: string = process.env.SITEPOD_EXECUTABLE ?? join(root, "dist/sitepod");

/** The npm package's command line, run by Node. */
export const nodeCommand: readonly string[] = ["node", join(root, "dist/npm/sitepod.js")];

/** Where downloads and built sites are kept from one run to the next. */
export const cacheFolder: string = join(root, "node_modules/.cache/tests");
