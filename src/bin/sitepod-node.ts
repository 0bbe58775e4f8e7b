import { runInProcess } from "./cli.ts";

/** The entry of the npm package: the CLI alone, on Node. */
await runInProcess();
