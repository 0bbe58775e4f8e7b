/** Ids of one workspace, by what they name. */
export interface Ids {
  readonly site: string;
  readonly deletedSite: string;
  readonly image: string;
  readonly plan: string;
  readonly deploy: string;
  readonly hash: string;
  readonly import: string;
  readonly domain: string;
  readonly slug: string;
  readonly token: string;
  readonly workspace: string;
  readonly member: string;
  readonly invitation: string;
  readonly approval: string;
  readonly webhook: string;
  readonly delivery: string;
  readonly email: string;
}

/** Ids that nobody has, of the same forms, and a hash. */
export const unknownIds = (hash: string): Ids => ({
  site: "fair",
  deletedSite: `site_${"0".repeat(20)}`,
  image: `img_${"0".repeat(24)}`,
  plan: `plan_${"0".repeat(24)}`,
  deploy: `plan_${"0".repeat(24)}`,
  hash,
  import: `import_${"0".repeat(24)}`,
  domain: "fair.example.com",
  slug: "lost",
  token: `tok_${"0".repeat(16)}`,
  workspace: `ws_${"0".repeat(16)}`,
  member: "0".repeat(32),
  invitation: `inv_${"0".repeat(16)}`,
  approval: `approval_${"0".repeat(16)}`,
  webhook: `wh_${"0".repeat(16)}`,
  delivery: `msg_${"0".repeat(24)}`,
  email: "nobody@example.org",
});

interface Example {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
}

/** Routes that concern nobody but who calls them: they name nothing of a workspace. */
export const OF_THE_CALLER: ReadonlySet<string> = new Set([
  "GET /auth/info",
  "POST /auth/logout",
  "DELETE /account",
  "GET /projects",
  "GET /bin",
  "GET /events",
  "GET /quota",
  "GET /tokens",
  "GET /workspaces",
  "POST /workspaces",
  "POST /invitations/accept",
  "PUT /auth/password",
  "POST /auth/passkeys/options",
  "POST /auth/passkeys",
  "DELETE /auth/passkeys/{id}",
  "GET /auth/security",
  "POST /auth/codes",
  "POST /auth/codes/confirm",
  "POST /auth/codes/off",
  "POST /auth/codes/recovery",
  "GET /auth/sessions",
  "DELETE /auth/sessions/{id}",
  "DELETE /auth/sessions",
  "POST /auth/oidc/connect",
  "DELETE /auth/oidc/connect",
  "POST /auth/device/find",
  "POST /auth/device/approve",
  "POST /auth/device/deny",
]);

type Request = Omit<Example, "method">;

/** One request for each route that names something of a workspace: it would succeed, if it were its owner's. */
export function requestsWith(ids: Ids): Readonly<Record<string, Request>> {
  const { site: project, workspace, plan, hash } = ids;
  const file = { path: "index.html", blake3: hash, size: 9 };
  return {
    "POST /cleanup": { path: "/cleanup" },
    "POST /auth/password/reset-link": { path: "/auth/password/reset-link", body: { email: ids.email } },
    "POST /gc": { path: "/gc" },
    "GET /gc": { path: "/gc" },
    "GET /server": { path: "/server" },
    "GET /quotas": { path: "/quotas" },
    "PUT /quotas/{workspace}": { path: `/quotas/${workspace}`, body: { max_sites: 1 } },

    "PUT /workspaces/{workspace}": { path: `/workspaces/${workspace}`, body: { name: "Mine" } },
    "DELETE /workspaces/{workspace}": { path: `/workspaces/${workspace}` },
    "GET /workspaces/{workspace}/members": { path: `/workspaces/${workspace}/members` },
    "PUT /workspaces/{workspace}/members/{user_id}": {
      path: `/workspaces/${workspace}/members/${ids.member}`,
      body: { role: "admin" },
    },
    "DELETE /workspaces/{workspace}/members/{user_id}": { path: `/workspaces/${workspace}/members/${ids.member}` },
    "POST /workspaces/{workspace}/leave": { path: `/workspaces/${workspace}/leave` },
    "GET /workspaces/{workspace}/invitations": { path: `/workspaces/${workspace}/invitations` },
    "POST /workspaces/{workspace}/invitations": {
      path: `/workspaces/${workspace}/invitations`,
      body: { role: "viewer" },
    },
    "DELETE /workspaces/{workspace}/invitations/{id}": {
      path: `/workspaces/${workspace}/invitations/${ids.invitation}`,
    },
    "GET /workspaces/{workspace}/usage": { path: `/workspaces/${workspace}/usage` },
    "GET /workspaces/{workspace}/tokens": { path: `/workspaces/${workspace}/tokens` },
    "DELETE /workspaces/{workspace}/tokens/{id}": { path: `/workspaces/${workspace}/tokens/${ids.token}` },

    ...webhookRequestsWith(ids),

    "POST /tokens": { path: "/tokens", body: { name: "mine", project } },
    "DELETE /tokens/{id}": { path: `/tokens/${ids.token}` },
    "GET /audit": { path: `/audit?project=${project}` },
    "GET /audit/export": { path: `/audit/export?project=${project}` },

    "GET /projects/{id}": { path: `/projects/${project}` },
    "DELETE /projects/{id}": { path: `/projects/${project}` },
    "POST /bin/{id}/restore": { path: `/bin/${ids.deletedSite}/restore` },
    "DELETE /bin/{id}": { path: `/bin/${ids.deletedSite}` },
    "GET /projects/{id}/export": { path: `/projects/${project}/export` },
    "PUT /projects/{id}/retention": { path: `/projects/${project}/retention`, body: { keep_releases: 1 } },
    "DELETE /projects/{id}/retention": { path: `/projects/${project}/retention` },
    "GET /projects/{id}/traffic": { path: `/projects/${project}/traffic?range=month` },
    "POST /plan": { path: "/plan", body: { project, files: [file] } },
    "POST /upload/{plan_id}/{hash}": { path: `/upload/${plan}/${hash}`, body: new TextEncoder().encode("under way") },
    "POST /upload/{plan_id}": { path: `/upload/${plan}`, body: new Uint8Array() },
    "POST /upload/{plan_id}/{hash}/{offset}": { path: `/upload/${plan}/${hash}/0`, body: new Uint8Array() },
    "POST /commit": { path: "/commit", body: { plan_id: plan } },
    "POST /release": { path: "/release", body: { project, environment: "prod", image_id: ids.image } },
    "POST /rollback": { path: "/rollback", body: { project, environment: "prod", image_id: ids.image } },
    "GET /current": { path: `/current?project=${project}&environment=prod` },
    "POST /preview": { path: "/preview", body: { project, image_id: ids.image, slug: ids.slug } },
    "GET /previews": { path: `/previews?project=${project}` },
    "DELETE /previews/{slug}": { path: `/previews/${ids.slug}?project=${project}` },
    "GET /history": { path: `/history?project=${project}` },
    "GET /images": { path: `/images?project=${project}` },
    "GET /files": { path: `/files?project=${project}` },
    "GET /files/content": { path: `/files/content?project=${project}&version=v1&path=secret-page.html` },
    "GET /deploys": { path: `/deploys?project=${project}` },
    "GET /deploys/{id}/log": { path: `/deploys/${ids.deploy}/log` },

    "GET /access": { path: `/access?project=${project}` },
    "PUT /access": { path: "/access", body: { project, environment: "prod", password: "a long password" } },
    "POST /access/link": { path: "/access/link", body: { project, environment: "prod", expires_in: 3600 } },
    "GET /guards": { path: `/guards?project=${project}` },
    "PUT /guards": { path: "/guards", body: { project, environment: "prod", guard: null } },
    "GET /approvals": { path: `/approvals?project=${project}` },
    "GET /approvals/{id}": { path: `/approvals/${ids.approval}` },
    "POST /approvals/{id}/approve": { path: `/approvals/${ids.approval}/approve`, body: {} },
    "POST /approvals/{id}/refuse": { path: `/approvals/${ids.approval}/refuse`, body: {} },
    "GET /domains": { path: `/domains?project=${project}` },
    "POST /domains": { path: "/domains", body: { project, domain: "another.example.com" } },
    "POST /domains/{domain}/verify": { path: `/domains/${ids.domain}/verify` },
    "DELETE /domains/{domain}": { path: `/domains/${ids.domain}` },
    "PUT /domains/rename": { path: `/domains/rename?project=${project}`, body: { new_subdomain: "mine" } },

    "POST /imports": { path: "/imports", body: { project } },
    "POST /imports/{id}/contents/{hash}": {
      path: `/imports/${ids.import}/contents/${hash}`,
      body: new TextEncoder().encode("under way"),
    },
    "POST /imports/{id}/contents": { path: `/imports/${ids.import}/contents`, body: new Uint8Array() },
    "POST /imports/{id}/commit": {
      path: `/imports/${ids.import}/commit`,
      body: {
        releases: [{ version: 1, manifest: hash, created_at: "2026-01-01T00:00:00.000Z", trigger: "cli" }],
        environments: { prod: { version: 1, protected: false } },
        protected: false,
      },
    },
    "DELETE /imports/{id}": { path: `/imports/${ids.import}` },
  };
}

export function requestOf(key: string, ids: Ids): Example {
  const request = requestsWith(ids)[key];
  if (!request) throw new Error(`${key} has no request here`);
  return { method: key.split(" ")[0]!, ...request };
}

function webhookRequestsWith({ workspace, webhook, delivery, site: project }: Ids): Readonly<Record<string, Request>> {
  const path = `/workspaces/${workspace}/webhooks`;
  const one = `${path}/${webhook}`;
  const sent = `${one}/deliveries/${delivery}`;
  return {
    "GET /workspaces/{workspace}/webhooks": { path },
    "POST /workspaces/{workspace}/webhooks": { path, body: { url: "https://hook.example.com/mine", project } },
    "PUT /workspaces/{workspace}/webhooks/{id}": { path: one, body: { is_enabled: false } },
    "DELETE /workspaces/{workspace}/webhooks/{id}": { path: one },
    "POST /workspaces/{workspace}/webhooks/{id}/secret": { path: `${one}/secret`, body: {} },
    "POST /workspaces/{workspace}/webhooks/{id}/test": { path: `${one}/test` },
    "GET /workspaces/{workspace}/webhooks/{id}/deliveries": { path: `${one}/deliveries` },
    "GET /workspaces/{workspace}/webhooks/{id}/deliveries/{delivery}": { path: sent },
    "POST /workspaces/{workspace}/webhooks/{id}/deliveries/{delivery}/redeliver": { path: `${sent}/redeliver` },
  };
}
