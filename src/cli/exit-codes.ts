import type { ErrorCode } from "#model";

/** How a command ends. The one table: the program exits by it and the reference page is written from it. */
export const EXIT_CODES = [
  { code: 0, name: "done", meaning: "Done." },
  { code: 1, name: "failed", meaning: "It failed; the message says why." },
  { code: 2, name: "usage", meaning: "The command line or a configuration file is wrong, or an answer is needed." },
  { code: 3, name: "not_logged_in", meaning: "There is no token for the server, or the server refused it." },
  { code: 4, name: "not_found", meaning: "The site, release, file or folder does not exist, or has expired." },
  { code: 5, name: "conflict", meaning: "Something else is there already, or was faster." },
  { code: 6, name: "unreachable", meaning: "The server, or the network to it, does not answer." },
  { code: 7, name: "stale", meaning: "What is served is newer, or not what `--expect` names; it was left as it is." },
  {
    code: 8,
    name: "over_quota",
    meaning: "A quota or the server's storage is used up; the message says what to remove, or whom to ask.",
  },
  { code: 9, name: "approval_required", meaning: "Another member must approve it; nothing has moved." },
  { code: 10, name: "locked", meaning: "The environment is locked; nothing has moved." },
  { code: 130, name: "interrupted", meaning: "Interrupted by Ctrl-C." },
] as const;

export type Ending = (typeof EXIT_CODES)[number]["name"];
export type FailedEnding = Exclude<Ending, "done">;

export const exitCode = (ending: Ending): number => EXIT_CODES.find(({ name }) => name === ending)!.code;

/** How a command ends after an answer of the server with this HTTP status and, where it is ours, error code. */
export function endingOfStatus(status: number, error?: unknown): FailedEnding {
  if (error === "stale" || error === "approval_required" || error === "locked") return error;
  if (status === 401) return "not_logged_in";
  if (status === 404 || status === 410) return "not_found";
  if (status === 409) return "conflict";
  if (status === 413 || status === 507) return "over_quota";
  if (status === 502 || status === 503 || status === 504) return "unreachable";
  return "failed";
}

/** How a command ends after an error of the server's own parts, which some commands work with. */
export function endingOfError(code: ErrorCode): FailedEnding {
  if (code === "invalid") return "usage";
  if (code === "not_found" || code === "gone") return "not_found";
  if (code === "too_large" || code === "storage_full") return "over_quota";
  return code === "conflict" ? "conflict" : "failed";
}
