import { ARCHIVE_COMMANDS } from "./archive-commands.ts";
import { BIN_COMMANDS } from "./bin-commands.ts";
import type { CommandSpec } from "./command-spec.ts";
import { caseCollisions, concurrent, environment, message, newSite, noWait, protect, site } from "./option-specs.ts";
import { QUOTA_COMMANDS } from "./quota-commands.ts";
import {
  parseExpectation,
  parsePreviewLife,
  parseReleaseChoice,
  parseSlug,
  parseSpan,
  parseWhole,
} from "./option-values.ts";
import { RETENTION_COMMAND } from "./retention-command.ts";
import { TEAM_COMMANDS } from "./team-commands.ts";
import { TOKEN_COMMANDS } from "./token-commands.ts";
import { TRAFFIC_COMMAND } from "./traffic-command.ts";
import { WEBHOOK_COMMANDS } from "./webhook-commands.ts";

/** Every command, in the order of the help and of the reference page. */
export const COMMANDS: readonly CommandSpec[] = [
  {
    usage: "login",
    group: "Set up",
    summary: "Log in to a server, or register there",
    details:
      "By a browser, on this machine or another, where you let the command line in. With --email by a password, which " +
      "comes from a prompt, from SITEPOD_PASSWORD or from standard input, never from the command line. " +
      "The token is stored in ~/.sitepod/config.toml, readable by you alone. In CI, set SITEPOD_TOKEN instead.",
    options: [
      { flags: "--web", doc: "By a browser, also where nobody is there to be asked" },
      { flags: "--email <address>", doc: "By a password: your e-mail address" },
      { flags: "--password-stdin", doc: "Read the password from standard input" },
      { flags: "--register", doc: "Make a new account" },
    ],
    examples: [
      "sitepod login --endpoint https://sitepod.example.com",
      "sitepod login --email ada@example.com --password-stdin < password.txt",
    ],
    load: () => import("./commands/login.ts"),
  },
  {
    usage: "logout",
    group: "Set up",
    summary: "Revoke the token of this machine, and forget it",
    options: [],
    examples: ["sitepod logout"],
    load: () => import("./commands/logout.ts"),
  },
  {
    usage: "whoami",
    group: "Set up",
    summary: "Tell who you are, and where",
    options: [],
    examples: ["sitepod whoami"],
    load: () => import("./commands/whoami.ts"),
  },
  {
    usage: "init",
    group: "Set up",
    summary: "Write sitepod.toml for the project in this folder",
    options: [
      { flags: "-n, --name <site>", doc: "The site's name; the folder's without it" },
      { flags: "-d, --directory <folder>", doc: "The folder your build writes; guessed without it" },
    ],
    examples: ["sitepod init", "sitepod init --yes --name my-site"],
    load: () => import("./commands/init.ts"),
  },
  {
    usage: "deploy [source]",
    group: "Ship",
    summary: "Release a folder: to beta, or to prod with --prod",
    details:
      "The folder is `source`, or else `build.directory` of sitepod.toml. Only content that the server does not have " +
      "is sent. Nothing that is being served changes before everything has arrived.",
    options: [
      { flags: "--prod", doc: "Release to prod rather than to beta" },
      {
        flags: "--expect <version>",
        doc: "Release only if this version is served now: v12, or none",
        parse: parseExpectation,
      },
      { flags: "--force", doc: "Release even if what is served is newer" },
      noWait,
      newSite,
      concurrent,
      message,
      protect,
      caseCollisions,
    ],
    examples: ["sitepod deploy", "sitepod deploy ./dist --prod -n my-site -m 'New prices'"],
    load: () => import("./commands/deploy.ts"),
  },
  {
    usage: "preview [source]",
    group: "Ship",
    summary: "Show a folder at a temporary address",
    options: [
      { flags: "--slug <slug>", doc: "The word in the address; drawn by lot without it", parse: parseSlug },
      {
        flags: "--ttl <span>",
        doc: "How long it lives: 24h, 7d or seconds; 90 days at most",
        default: "24h",
        parse: parsePreviewLife,
      },
      newSite,
      concurrent,
      message,
      protect,
      caseCollisions,
    ],
    examples: ["sitepod preview --slug new-menu --ttl 7d"],
    load: () => import("./commands/preview.ts"),
  },
  {
    usage: "release [release]",
    group: "Ship",
    summary: "Point prod at a release that exists, or at the newest",
    options: [environment({ default: "prod" }), noWait, site],
    examples: ["sitepod release", "sitepod release v7 --env prod"],
    load: () => import("./commands/release.ts"),
  },
  {
    usage: "rollback",
    group: "Ship",
    summary: "Point prod back at an earlier release",
    details: "Without --to it offers a list at a terminal, and goes to the previous release elsewhere.",
    options: [
      { flags: "--to <release>", doc: "The release: v2 or img_…", parse: parseReleaseChoice },
      environment({ default: "prod" }),
      noWait,
      site,
    ],
    examples: ["sitepod rollback", "sitepod rollback --to v2"],
    load: () => import("./commands/rollback.ts"),
  },
  {
    usage: "history",
    group: "Look",
    summary: "List the releases, newest first",
    options: [
      { flags: "--limit <number>", doc: "How many", default: 20, parse: parseWhole(1, 200) },
      environment({ doc: "What this environment served, the last move first" }),
      site,
    ],
    examples: ["sitepod history", "sitepod history --env prod --limit 5"],
    load: () => import("./commands/history.ts"),
  },
  {
    usage: "diff [from] [to]",
    group: "Look",
    summary: "List files that differ from prod, or in two releases",
    options: [environment({ default: "prod", doc: "What the folder is compared with" }), site],
    examples: ["sitepod diff", "sitepod diff --env beta", "sitepod diff v1 v2"],
    load: () => import("./commands/diff.ts"),
  },
  TRAFFIC_COMMAND,
  {
    usage: "list",
    group: "Look",
    summary: "List your sites",
    options: [{ flags: "--deleted", doc: "Those in the bin, which can be restored" }],
    examples: ["sitepod list", "sitepod list --deleted"],
    load: () => import("./commands/list.ts"),
  },
  {
    usage: "open",
    group: "Look",
    summary: "Open the site in the browser",
    details: "Its address is printed; off a terminal that is all.",
    options: [environment({ default: "prod" }), site],
    examples: ["sitepod open --env beta"],
    load: () => import("./commands/open.ts"),
  },
  {
    usage: "console",
    group: "Look",
    summary: "Open the server's console in the browser",
    details: "Its address is printed; off a terminal that is all.",
    options: [],
    examples: ["sitepod console"],
    load: () => import("./commands/console.ts"),
  },
  {
    usage: "protect",
    group: "Manage",
    summary: "Let only people with a password or a link see prod",
    details:
      "The password comes from a prompt, from SITEPOD_SITE_PASSWORD or from standard input. It stays when you deploy or " +
      "roll back. Giving another one, or --off, ends all sessions and links. While anything of a site is protected, the " +
      "permanent addresses of its releases ask too: for the password of prod, else of beta, else of the newest preview.",
    options: [
      environment({ default: "prod" }),
      { flags: "--preview <slug>", doc: "A preview, instead of an environment" },
      { flags: "--password-stdin", doc: "Read the password from standard input" },
      { flags: "--links-only", doc: "No password: only signed links open it" },
      { flags: "--link <span>", doc: "Make a link that opens it for 7d, 24h or seconds", parse: parseSpan },
      { flags: "--off", doc: "Let everybody see it" },
      site,
    ],
    examples: ["sitepod protect --env beta", "sitepod protect --link 7d", "sitepod protect --off"],
    load: () => import("./commands/protect.ts"),
  },
  RETENTION_COMMAND,
  {
    usage: "domain add <domain>",
    group: "Manage",
    summary: "Put the site on a domain, and tell which DNS records that needs",
    details:
      "The domain is served once `sitepod domain verify` has found its TXT record. Doing it again shows the records " +
      "again, and changes environment or redirect to what is asked for now.",
    options: [
      {
        flags: "--slug <path>",
        doc: "The path that the site has there, so that several sites share a domain",
        default: "/",
      },
      environment({ default: "prod", doc: "What is shown there" }),
      { flags: "--redirect <domain>", doc: "Send visitors on to this other domain of yours" },
      site,
    ],
    examples: [
      "sitepod domain add example.com",
      "sitepod domain add www.example.com --redirect example.com",
      "sitepod domain add '*.example.com'",
      "sitepod domain add example.com --slug /blog --name my-blog",
    ],
    load: () => import("./commands/domain-add.ts"),
  },
  {
    usage: "domain list",
    group: "Manage",
    summary: "List a site's domains",
    options: [site],
    examples: ["sitepod domain list"],
    load: () => import("./commands/domain-list.ts"),
  },
  {
    usage: "domain verify <domain>",
    group: "Manage",
    summary: "Check a domain's DNS record, and serve it",
    options: [],
    examples: ["sitepod domain verify www.example.com"],
    load: () => import("./commands/domain-verify.ts"),
  },
  {
    usage: "domain remove <domain>",
    group: "Manage",
    summary: "Remove a custom domain",
    options: [{ flags: "--slug <path>", doc: "Remove the site at this path, where the domain holds several" }],
    examples: ["sitepod domain remove www.example.com", "sitepod domain remove example.com --slug /blog"],
    load: () => import("./commands/domain-remove.ts"),
  },
  {
    usage: "domain rename <subdomain>",
    group: "Manage",
    summary: "Give the site another subdomain; the old one redirects",
    options: [site],
    examples: ["sitepod domain rename shop"],
    load: () => import("./commands/domain-rename.ts"),
  },
  ...TOKEN_COMMANDS,
  ...QUOTA_COMMANDS,
  ...TEAM_COMMANDS,
  ...WEBHOOK_COMMANDS,
  ...ARCHIVE_COMMANDS,
  ...BIN_COMMANDS,
  {
    usage: "delete-account",
    group: "Manage",
    summary: "Delete your account for good, with its sites: they go to no bin",
    options: [],
    examples: ["sitepod delete-account"],
    load: () => import("./commands/delete-account.ts"),
  },
];
