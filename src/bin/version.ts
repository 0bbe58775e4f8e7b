import { version } from "../../package.json" with { type: "json" };

/** The program's version: that of package.json, put into the executable and the npm package when they are built. */
export { version };
