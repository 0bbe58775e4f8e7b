import type { Api } from "#wire";
import type { SendMessage } from "./send-message.ts";

/** The part of the API about what workspaces may have. */
export const createQuotaCalls = (call: SendMessage) => ({
  quota: () => call<Api.Quota>("GET", "/quota"),
  quotas: () => call<Api.QuotaList>("GET", "/quotas"),
  setQuota: (workspace: string, request: Api.QuotaRequest) =>
    call<Api.Quota>("PUT", `/quotas/${encodeURIComponent(workspace)}`, { body: request, isRepeatable: true }),
});
