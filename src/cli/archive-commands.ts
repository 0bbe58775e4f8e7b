import type { CommandSpec } from "./command-spec.ts";

/** The commands that take whole sites from one server to another: part of the table of all. */
export const ARCHIVE_COMMANDS: readonly CommandSpec[] = [
  {
    usage: "export [site]",
    group: "Manage",
    summary: "Write a site with all its releases to one file",
    details:
      "The file is an OCI image layout in a tar, and is verified once it has arrived. Passwords of protected sites, " +
      "previews and domains are not in it.",
    options: [
      { flags: "-n, --name <site>", doc: "The site, instead of the one sitepod.toml names" },
      { flags: "-o, --output <file>", doc: "The file; <site>.oci.tar without it" },
    ],
    examples: ["sitepod export my-site", "sitepod export my-site --output /backup/my-site.oci.tar"],
    load: () => import("./commands/export.ts"),
  },
  {
    usage: "import <file>",
    group: "Manage",
    summary: "Make a site of what another server exported",
    details:
      "Releases keep their numbers, and prod and beta point to what they did. The site must be a new one here. All is " +
      "verified before anything is sent, and again by the server: there is the whole site, or none. What was protected " +
      "stays closed until you run `sitepod protect`.",
    options: [{ flags: "-n, --name <site>", doc: "The new site's name; the one that it had without it" }],
    examples: ["sitepod import my-site.oci.tar", "sitepod import my-site.oci.tar --name my-site-2"],
    load: () => import("./commands/import.ts"),
  },
];
