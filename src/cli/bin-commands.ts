import type { CommandSpec } from "./command-spec.ts";
import { site } from "./option-specs.ts";

/** The commands by which sites are deleted, and come back: part of the table of all. */
export const BIN_COMMANDS: readonly CommandSpec[] = [
  {
    usage: "delete [site]",
    group: "Manage",
    summary: "Take a site off the air; for 7 days it can be restored",
    details:
      "Nothing of it is served any more, and all of it is kept in the bin, where it counts towards what the workspace may " +
      "store. Its name stays taken, and its domains stay yours. After 7 days, or at once with --now, it is deleted for good.",
    options: [{ flags: "--now", doc: "Delete it for good, also from the bin: there is no way back" }, site],
    examples: ["sitepod delete my-site", "sitepod delete my-site --now"],
    load: () => import("./commands/delete.ts"),
  },
  {
    usage: "restore [site]",
    group: "Manage",
    summary: "Bring back a site that was deleted in the last 7 days",
    details:
      "It is served as it was, at the same addresses, with its releases, previews, protection and settings. " +
      "`sitepod list --deleted` lists what can be restored.",
    options: [site],
    examples: ["sitepod restore my-site"],
    load: () => import("./commands/restore.ts"),
  },
];
