import { ROLES } from "#model";
import type { CommandSpec } from "./command-spec.ts";
import { environment, site } from "./option-specs.ts";
import { parseSpan, parseTime, parseWhole } from "./option-values.ts";

const role = { flags: "--role <role>", doc: "What they are to be", choices: ROLES, default: "developer" } as const;
const sites = { flags: "--site <site...>", doc: "On these sites alone, rather than on all of the workspace" };
const comment = { flags: "-m, --message <text>", doc: "Why, for who asked and for the audit log" };

/** The commands for those who work together: part of the table of all. */
export const TEAM_COMMANDS: readonly CommandSpec[] = [
  {
    usage: "workspace list",
    group: "Team",
    summary: "List the workspaces that you are in",
    options: [],
    examples: ["sitepod workspace list"],
    load: () => import("./commands/workspace-list.ts"),
  },
  {
    usage: "workspace create <name>",
    group: "Team",
    summary: "Make a workspace, which you own",
    options: [],
    examples: ["sitepod workspace create Bakery"],
    load: () => import("./commands/workspace-create.ts"),
  },
  {
    usage: "workspace use [workspace]",
    group: "Team",
    summary: "Work in a workspace from now on; without a name, in your own",
    details:
      "New sites go there, and lists are of it. A site is found by its name in whichever of your workspaces it is. " +
      "--workspace and SITEPOD_WORKSPACE go before it.",
    options: [],
    examples: ["sitepod workspace use Bakery", "sitepod workspace use"],
    load: () => import("./commands/workspace-use.ts"),
  },
  {
    usage: "workspace rename <name>",
    group: "Team",
    summary: "Give the workspace another name",
    options: [],
    examples: ["sitepod workspace rename 'Bakery and Café'"],
    load: () => import("./commands/workspace-rename.ts"),
  },
  {
    usage: "workspace leave <workspace>",
    group: "Team",
    summary: "Leave a workspace; its last owner cannot",
    options: [],
    examples: ["sitepod workspace leave Bakery"],
    load: () => import("./commands/workspace-leave.ts"),
  },
  {
    usage: "workspace delete <workspace>",
    group: "Team",
    summary: "Delete a workspace that has no sites",
    options: [],
    examples: ["sitepod workspace delete Bakery"],
    load: () => import("./commands/workspace-delete.ts"),
  },
  {
    usage: "member list",
    group: "Team",
    summary: "List who is in the workspace",
    options: [],
    examples: ["sitepod member list", "sitepod member list --workspace Bakery"],
    load: () => import("./commands/member-list.ts"),
  },
  {
    usage: "member invite [email]",
    group: "Team",
    summary: "Invite somebody, by a link that is good once",
    details:
      "Whoever has the link can accept it; with an address, only an account of that address. It is sent by mail where " +
      "the server sends mail, and printed in any case.",
    options: [
      role,
      sites,
      {
        flags: "--ttl <span>",
        doc: "How long it can be accepted: 7d, 24h or seconds",
        default: "7d",
        parse: parseSpan,
      },
    ],
    examples: [
      "sitepod member invite bob@example.com",
      "sitepod member invite --role viewer --ttl 24h",
      "sitepod member invite eve@example.com --role developer --site my-site",
    ],
    load: () => import("./commands/member-invite.ts"),
  },
  {
    usage: "member invitations",
    group: "Team",
    summary: "List the invitations that nobody has accepted yet",
    options: [],
    examples: ["sitepod member invitations"],
    load: () => import("./commands/member-invitations.ts"),
  },
  {
    usage: "member uninvite <invitation>",
    group: "Team",
    summary: "Revoke an invitation, named by its id or its address",
    options: [],
    examples: ["sitepod member uninvite bob@example.com"],
    load: () => import("./commands/member-uninvite.ts"),
  },
  {
    usage: "member change <email>",
    group: "Team",
    summary: "Change what a member may do",
    options: [role, sites],
    examples: ["sitepod member change bob@example.com --role admin"],
    load: () => import("./commands/member-change.ts"),
  },
  {
    usage: "member remove <email>",
    group: "Team",
    summary: "Remove a member, with their tokens for the workspace",
    options: [],
    examples: ["sitepod member remove bob@example.com"],
    load: () => import("./commands/member-remove.ts"),
  },
  {
    usage: "join <link>",
    group: "Team",
    summary: "Accept an invitation to a workspace",
    options: [],
    examples: ["sitepod join 'https://sitepod.example.com/invitation#invite_…'"],
    load: () => import("./commands/join.ts"),
  },
  {
    usage: "guard",
    group: "Team",
    summary: "Have releases to prod approved by another member, or lock it",
    details:
      "Without an option it tells what stands before each environment. Back to a release that the environment has served " +
      "before needs no approval; against a lock nothing moves.",
    options: [
      environment({ default: "prod" }),
      { flags: "--approval", doc: "Another member must approve each release" },
      { flags: "--lock <reason>", doc: "Nobody moves it, for this reason" },
      { flags: "--off", doc: "Everybody who may deploy moves it" },
      site,
    ],
    examples: ["sitepod guard --approval", "sitepod guard --lock 'The fair is on'", "sitepod guard --off"],
    load: () => import("./commands/guard.ts"),
  },
  {
    usage: "approval list",
    group: "Team",
    summary: "List the moves that wait for an approval",
    options: [
      { flags: "--all", doc: "Also those that were decided" },
      { flags: "-n, --name <site>", doc: "Of one site alone" },
    ],
    examples: ["sitepod approval list"],
    load: () => import("./commands/approval-list.ts"),
  },
  {
    usage: "approval approve <id>",
    group: "Team",
    summary: "Approve a move that another member asked for: it is made at once",
    options: [comment],
    examples: ["sitepod approval approve approval_0123456789abcdef"],
    load: () => import("./commands/approval-approve.ts"),
  },
  {
    usage: "approval refuse <id>",
    group: "Team",
    summary: "Refuse a move, or take back what you asked for",
    options: [comment],
    examples: ["sitepod approval refuse approval_0123456789abcdef -m 'Not on a Friday'"],
    load: () => import("./commands/approval-refuse.ts"),
  },
  {
    usage: "audit",
    group: "Team",
    summary: "Tell who changed what in the workspace, newest first",
    options: [
      { flags: "--limit <number>", doc: "How many", default: 50, parse: parseWhole(1, 500) },
      { flags: "--actor <email>", doc: "By this account alone" },
      { flags: "--action <action>", doc: "Of this kind alone: release.create, or member.* for several" },
      { flags: "--since <time>", doc: "From then on: 2026-01-31, or with a time", parse: parseTime },
      { flags: "-n, --name <site>", doc: "Of one site alone" },
    ],
    examples: ["sitepod audit", "sitepod audit --name my-site --action environment.*"],
    load: () => import("./commands/audit.ts"),
  },
];
