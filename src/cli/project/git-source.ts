import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { GitSource } from "#model";

const run = promisify(execFile);
const TIMEOUT_MS = 2000;
const MAX_MESSAGE_LENGTH = 4096;

type Env = Readonly<Record<string, string | undefined>>;

/** What CI systems call commit, branch, message and time, in the order they are tried: GitHub and Forgejo, GitLab, Woodpecker. */
const CI_VARIABLES = {
  commit: ["GITHUB_SHA", "CI_COMMIT_SHA"],
  branch: ["GITHUB_HEAD_REF", "GITHUB_REF_NAME", "CI_COMMIT_REF_NAME", "CI_COMMIT_BRANCH"],
  message: ["CI_COMMIT_MESSAGE"],
  time: ["CI_COMMIT_TIMESTAMP"],
} as const;

/**
 * Tells which commit a folder holds, as `git` knows it, or else as the CI system says. Undefined where neither does:
 * that a deploy has no Git is nothing wrong.
 */
export async function findGitSource(folder: string, env: Env): Promise<GitSource | undefined> {
  const [log, name] = await Promise.all([
    git(folder, ["log", "-1", "--format=%H%n%cI%n%B"]),
    git(folder, ["symbolic-ref", "--quiet", "--short", "HEAD"]),
  ]);
  const [commit, time, ...message] = log?.split("\n") ?? [];
  return gitSource({ commit, time, branch: name, message: message.join("\n") }, env);
}

/** Puts together what `git` said and what the environment says: a CI system checks out a commit without its branch. */
export function gitSource(told: GitSource, env: Env): GitSource | undefined {
  const first = (names: readonly string[]) => names.map((name) => env[name]).find(Boolean);
  const commit = told.commit || first(CI_VARIABLES.commit);
  const branch = told.branch || first(CI_VARIABLES.branch);
  const message = (told.message?.trim() || first(CI_VARIABLES.message))?.slice(0, MAX_MESSAGE_LENGTH);
  if (!commit) return undefined;
  const time = isoTime(told.commit ? told.time : first(CI_VARIABLES.time));
  return { commit, ...(branch ? { branch } : {}), ...(message ? { message } : {}), ...(time ? { time } : {}) };
}

/** The same moment as all times are written: in UTC. Undefined where the text is none. */
function isoTime(text: string | undefined): string | undefined {
  const ms = Date.parse(text ?? "");
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString();
}

async function git(folder: string, args: readonly string[]): Promise<string | undefined> {
  try {
    return (await run("git", ["-C", folder, ...args], { timeout: TIMEOUT_MS })).stdout.trim();
  } catch {
    return undefined;
  }
}
