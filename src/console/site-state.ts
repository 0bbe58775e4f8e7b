import { ENVIRONMENTS, type Environment } from "#model";
import type { Api } from "#wire";
import { api } from "./api.ts";
import { teamApi } from "./team-api.ts";

/** What an environment serves, with the release it comes from and everything it served before, newest first. */
export interface EnvironmentState {
  environment: Environment;
  current: Api.Current | null;
  release: Api.HistoryItem | undefined;
  log: Api.HistoryItem[];
  /** What stands before it. */
  guard: Api.GuardState | undefined;
  /** The moves that wait for an approval, newest first. */
  waiting: Api.Approval[];
}

const LOG_LENGTH = 50;

/** Loads what both environments of a site serve. */
export function loadEnvironments(site: string): Promise<EnvironmentState[]> {
  const [guards, approvals] = [teamApi.guards(site), teamApi.approvals({ project: site })];
  return Promise.all(
    ENVIRONMENTS.map(async (environment) => {
      const [log, guarded, asked] = await Promise.all([
        api.history(site, { environment, limit: LOG_LENGTH }),
        guards,
        approvals,
      ]);
      const current = await currentOf(site, environment, log);
      return {
        environment,
        current,
        log,
        release: log.find((item) => item.version === current?.version),
        guard: guarded.find((guard) => guard.environment === environment),
        waiting: asked.filter((approval) => approval.environment === environment),
      };
    }),
  );
}

/** What an environment serves, null where nothing was released to it. */
export const loadCurrent = async (site: string, environment: Environment): Promise<Api.Current | null> =>
  currentOf(site, environment, await api.history(site, { environment, limit: 1 }));

/** Asks only where something was released: browsers tell of each 404. */
const currentOf = async (site: string, environment: Environment, log: readonly Api.HistoryItem[]) =>
  log.length > 0 ? await api.current(site, environment) : null;

/** A site's line in the list: the newest release, and what each environment serves. */
export interface SiteSummary {
  newest: Api.HistoryItem | undefined;
  served: Record<Environment, Api.HistoryItem | undefined>;
}

/** Loads a site's summary without asking for what may not exist. */
export async function loadSummary(site: string): Promise<SiteSummary> {
  const [newest, prod, beta] = await Promise.all([
    api.history(site, { limit: 1 }),
    api.history(site, { environment: "prod", limit: 1 }),
    api.history(site, { environment: "beta", limit: 1 }),
  ]);
  return { newest: newest[0], served: { prod: prod[0], beta: beta[0] } };
}
