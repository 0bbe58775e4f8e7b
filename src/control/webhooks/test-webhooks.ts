import type { Api } from "#wire";
import { World } from "../domains/world.ts";
import { THANKS } from "./test-receiver.ts";

/** For tests: a world with Ann's workspace, and what is done with its webhooks there. */
export async function startWebhooks() {
  const world = await World.create();
  // Who registers first is the administrator.
  await world.call("root", "GET", "/projects");
  const [own] = (await world.call("ann", "GET", "/workspaces")).body.workspaces;
  const workspaceId: string = own.id;
  let sites = 0;

  const call = (method: string, path: string, body?: unknown) =>
    world.call("ann", method, `/workspaces/${workspaceId}${path}`, body);
  async function ask(method: string, path: string, body?: unknown) {
    const answer = await call(method, path, body);
    if (answer.status !== 200) throw new Error(`${method} ${path}: ${JSON.stringify(answer)}`);
    return answer.body;
  }
  const webhooks = async () => (await ask("GET", "/webhooks")).webhooks as Api.Webhook[];

  return {
    world,
    workspaceId,
    /** Calls the API under the workspace; `ask` expects that it goes well. */
    call,
    ask,
    webhooks,
    add: (more: object = {}) => ask("POST", "/webhooks", { url: "https://hook.example.com/all", ...more }),
    deliveries: async (id: string, query = "") =>
      (await ask("GET", `/webhooks/${id}/deliveries${query}`)).deliveries as Api.WebhookDelivery[],
    audit: async (action: string) =>
      (await world.call("ann", "GET", `/audit?action=${action}`)).body.events as Api.AuditEvent[],
    /** Deploys to a site, or a new one. */
    async deploy(project = `site-${++sites}`) {
      const { body } = await world.deploy("ann", project, { "index.html": `${project} ${Math.random()}` });
      return { project, ...body };
    },
    release: (project: string) => world.call("ann", "POST", "/release", { project, environment: "prod" }),
    /** Lets time pass, and sends what is due then. Returns what was sent. */
    async sendAfter(ms: number) {
      world.nowMs += ms;
      await world.deliverWebhooks();
      return world.receiver.take();
    },
    /** Begins anew without webhooks, with a receiver that takes everything. */
    async reset() {
      for (const { id } of await webhooks()) await ask("DELETE", `/webhooks/${id}`);
      world.receiver.take();
      world.receiver.answer = () => THANKS;
    },
  };
}
