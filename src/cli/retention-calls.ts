import type { Api } from "#wire";
import type { SendMessage } from "./send-message.ts";

/** The part of the API about what is kept. */
export function createRetentionCalls(call: SendMessage) {
  const rulesOf = (project: string) => `/projects/${encodeURIComponent(project)}/retention`;
  return {
    setRetention: (project: string, rules: Api.RetentionRequest) =>
      call<Api.Retention>("PUT", rulesOf(project), { body: rules, isRepeatable: true }),
    /** Has the server's own rules hold for a site. */
    dropRetention: (project: string) => call<Api.Retention>("DELETE", rulesOf(project), { isRepeatable: true }),
    /** Sent once: one that is sent again waits for the first, and does all of it again. */
    collectGarbage: (isTrial: boolean) =>
      call<Api.Collected>("POST", "/gc", { query: { dry_run: isTrial ? "true" : undefined }, isRepeatable: isTrial }),
    garbage: () => call<Api.GarbageState>("GET", "/gc"),
  };
}
