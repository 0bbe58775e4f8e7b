import { expect, test } from "bun:test";
import { execFileSync } from "node:child_process";
import { makeTree } from "../temporary-tree.ts";
import { findGitSource, gitSource } from "./git-source.ts";

test("commit, branch and message come from the repository that holds the folder", async () => {
  await using tree = await makeTree({ "site/index.html": "x" });
  const git = (...args: string[]) => execFileSync("git", ["-C", tree.folder, ...args], { encoding: "utf8" }).trim();
  git("init", "-q", "-b", "trunk");
  git("add", ".");
  git("-c", "user.name=A", "-c", "user.email=a@b.c", "commit", "-q", "-m", "Add the site\n\nWith a body.");
  expect(await findGitSource(`${tree.folder}/site`, {})).toEqual({
    commit: git("rev-parse", "HEAD"),
    branch: "trunk",
    message: "Add the site\n\nWith a body.",
    time: new Date(git("log", "-1", "--format=%cI")).toISOString(),
  });
});

test("where there is no repository, the CI system is asked, and then nobody", async () => {
  await using tree = await makeTree({});
  expect(await findGitSource(tree.folder, { GITHUB_SHA: "abc", GITHUB_REF_NAME: "main" })).toEqual({
    commit: "abc",
    branch: "main",
  });
  const timed = { CI_COMMIT_SHA: "abc", CI_COMMIT_TIMESTAMP: "2026-02-01T10:00:00+02:00" };
  expect(await findGitSource(tree.folder, timed)).toEqual({ commit: "abc", time: "2026-02-01T08:00:00.000Z" });
  expect(await findGitSource(tree.folder, {})).toBeUndefined();
});

test("a commit that CI checked out without a branch gets the branch that CI names", () => {
  const env = { CI_COMMIT_SHA: "other", CI_COMMIT_REF_NAME: "main", CI_COMMIT_MESSAGE: "other" };
  expect(gitSource({ commit: "abc", message: "Mine" }, env)).toEqual({
    commit: "abc",
    branch: "main",
    message: "Mine",
  });
});
