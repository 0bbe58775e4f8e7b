import type { Api } from "#wire";
import { callApi, register } from "../../harness/account.ts";
import { deployClient, type DeployClient } from "../../harness/deploy-client.ts";
import type { Server } from "../../harness/server.ts";
import { fetchHost } from "../../harness/tenant.ts";
import { waitUntil } from "../../harness/wait-until.ts";

/** What runs where it is taken for more than text. */
export const MARKUP = `<img src=x onerror="alert(1)">`;
export const OWNER = { email: "ada@example.com", password: "correct horse battery staple" };

/** The secrets of invitations that wait: for whoever has the link, and for another address than the owner's. */
export interface Invitations {
  readonly open: string;
  readonly other: string;
}

/** Fills a server with one of each thing that a page shows, full of markup wherever people write. */
export async function seed(server: Server): Promise<{ ada: DeployClient; invitations: Invitations }> {
  const { token } = await register(server.url, OWNER.email);
  const ada = deployClient({ endpoint: server.url, token });
  await seedSites(ada);
  await visitShop(server);
  const invitations = await seedTeam(server, ada);
  await waitUntil("its traffic is told", async () => {
    const { missing_paths: missing } = await ada.call<Api.Traffic>("GET", "/projects/shop/traffic");
    return missing.length > 1;
  });
  return { ada, invitations };
}

/** By visitors of the site, some of whom ask for what is not there. */
async function visitShop(server: Server): Promise<void> {
  const paths = ["/", "/", "/", "/app.js", "/gone.html", "/gone.html", `/${encodeURIComponent(MARKUP)}.png`];
  for (const path of paths) await (await fetchHost(server, `shop.${server.domain}`, path)).text();
}

async function seedSites(ada: DeployClient): Promise<void> {
  const files = { "index.html": "<h1>one", [`${MARKUP}.txt`]: "one", "app.js": `// ${MARKUP}\n` };
  const plan = await ada.plan("shop", files);
  await ada.upload(plan, files);
  await ada.commit(plan, MARKUP);
  await ada.release("shop", "prod");
  const second = { ...files, "index.html": "<h1>two", "app.js": `// ${MARKUP}${MARKUP}\n` };
  const next = await ada.plan("shop", second);
  await ada.upload(next, second);
  const { image_id: image } = await ada.commit(next, `${MARKUP} again`);
  await ada.release("shop", "beta");
  await ada.preview("shop", image, "menu");
  await ada.call("POST", "/domains", { project: "shop", domain: "shop.example.org" });
  await ada.call("POST", "/tokens", { name: MARKUP, project: "shop", environments: ["beta"], expires_in: 86_400 });
  await ada.deploy("blog", { "index.html": "<h1>blog", "app.js": `// ${MARKUP}\n` }, "prod");
  await ada.release("blog", "beta");
  await ada.deploy("fresh", { "index.html": "<h1>fresh" }, "prod");
  await ada.deploy("old", { "index.html": "<h1>old" }, "prod");
  await ada.call("DELETE", "/projects/old");
  const lock = { kind: "lock", reason: `The fair is on ${MARKUP}` };
  await ada.call("PUT", "/guards", { project: "blog", environment: "prod", guard: lock });
}

async function seedTeam(server: Server, ada: DeployClient): Promise<Invitations> {
  const { workspaces } = await ada.call<Api.WorkspaceList>("GET", "/workspaces");
  const path = `/workspaces/${workspaces[0]!.id}`;
  await ada.call("PUT", path, { name: `Bakery ${MARKUP}` });
  await ada.call("POST", "/workspaces", { name: "Empty" });
  const invite = async (invitation: object) => {
    const { url } = await ada.call<Api.InvitationCreated>("POST", `${path}/invitations`, invitation);
    return url.split("#")[1]!;
  };
  const join = async (email: string, invitation: object) => {
    const request = { email, password: OWNER.password, action: "register", invitation: await invite(invitation) };
    const answer = await callApi({ endpoint: server.url }, "POST", "/auth/login", request);
    return deployClient({ endpoint: server.url, token: ((await answer.json()) as Api.LoginResponse).token });
  };
  const bob = await join("bob@example.com", { role: "developer" });
  await join("cleo@example.com", { role: null, sites: [{ project: "shop", role: "developer" }] });
  await bob.call("POST", "/tokens", { name: "bob's laptop", project: "blog" });

  await ada.call("PUT", "/guards", { project: "shop", environment: "prod", guard: { kind: "approval" } });
  const ask = async () => {
    const refusal = await bob.release("shop", "prod", { version: "v2" }).catch((error: unknown) => error);
    if (!(refusal instanceof Error)) throw new Error("Nothing stood before prod.");
    const { approvals } = await ada.call<Api.ApprovalList>("GET", "/approvals");
    return approvals[0]!.id;
  };
  await ada.call("POST", `/approvals/${await ask()}/refuse`, { comment: `Not on a Friday ${MARKUP}` });
  await ask();
  return {
    open: await invite({ role: "viewer", sites: [{ project: "blog", role: "developer" }] }),
    other: await invite({ role: "admin", email: "dora@example.com" }),
  };
}
