import type { Environment } from "#model";
import type { Api } from "#wire";
import { type ApprovalOptions, moveWithApproval } from "../await-approval.ts";
import type { Result } from "../command-spec.ts";
import type { ApiClient } from "../api-client.ts";
import type { Context } from "../context.ts";
import { mountSite } from "../deploy/mount-site.ts";
import { type Published, type PublishOptions, publishFolder } from "../deploy/publish.ts";
import { Failure } from "../failure.ts";
import { identify } from "../init/identify.ts";
import { readSitePassword } from "../site-password.ts";

interface DeployOptions extends PublishOptions, ApprovalOptions {
  readonly prod?: boolean;
  /** `v12`, or `none`. */
  readonly expect?: string;
  readonly force?: boolean;
}

export async function run(
  context: Context,
  [source]: readonly (string | undefined)[],
  chosen: DeployOptions,
): Promise<Result> {
  const { report, paint } = context;
  const environment = chosen.prod ? "prod" : "beta";
  const options = await identify(context, source, chosen);
  const password = options.protect ? await readSitePassword(context, false) : undefined;
  const published = await publish(context, source, options, environment);
  const order = orderOf(context, published, options);
  const released = await moveWithApproval(context, published.client, options, () =>
    release(context, published, environment, password, order),
  );
  const before = released.previous_version === null ? "" : ` (was ${released.previous_version})`;
  report.step("Released", `${released.version} to ${environment}${before}`);
  if (environment === "beta") {
    const site = options.name === undefined ? "" : ` --name ${options.name}`;
    report.note(`To prod, when it looks right: sitepod release ${released.version}${site}`);
  }
  const mounted = await mountSite(context, published.client, published.site);
  if (mounted?.status === "pending") {
    const missing = `it waits for its DNS records: run sitepod domain verify ${mounted.domain}`;
    report.warn(`${mounted.domain}${mounted.slug} is not served yet, as ${missing}`);
  }
  return {
    text: paint.cyan(mounted?.status === "active" ? viewUrl(mounted.url, environment) : released.url),
    json: {
      ...released,
      ...(mounted ? { mounted_url: mounted.url } : {}),
      release_url: published.commit.url,
      content_hash: published.commit.content_hash,
      files: published.counts,
      warnings: published.warnings,
    },
  };
}

/** Below a path, beta is chosen by a cookie, which this address sets. */
const viewUrl = (url: string, environment: Environment): string =>
  environment === "prod" ? url : `${url}?env=${environment}`;

/** Uploads and commits; interrupted, it tells what is still served. */
async function publish(
  context: Context,
  source: string | undefined,
  options: DeployOptions,
  environment: Environment,
): Promise<Published> {
  const [site, client] = await Promise.all([context.site(options.name), context.client()]);
  const served = client.current(site, environment).catch(() => undefined);
  try {
    return await publishFolder(context, source, options);
  } catch (error) {
    if (!context.world.signal.aborted) throw error;
    const version = (await served)?.version;
    const rest = version === undefined ? "" : `; ${environment} still serves ${version}`;
    throw new Failure("interrupted", `Interrupted. Nothing was released${rest}.`, {
      next: "What was uploaded is not sent again when you deploy the next time.",
    });
  }
}

type Order = Pick<Parameters<ApiClient["release"]>[0], "expected_release" | "in_order">;

/** What is deployed last is served last; from CI, where old runs are run again, what was committed last. */
function orderOf({ world }: Context, { canOrder }: Published, { expect, force }: DeployOptions): Order {
  if (force || !canOrder) return {};
  const isCi = !["", "0", "false", undefined].includes(world.env["CI"]);
  return { in_order: isCi ? "commits" : "releases", ...(expect === undefined ? {} : { expected_release: expect }) };
}

async function release(
  context: Context,
  { client, site, commit }: Published,
  environment: Environment,
  password: string | undefined,
  order: Order,
): Promise<Api.ReleaseResponse> {
  try {
    const choice = { project: site, environment, version: commit.version, ...order };
    return await client.release(password === undefined ? choice : { ...choice, password });
  } catch (error) {
    if (!context.world.signal.aborted) throw error;
    throw new Failure("interrupted", `Interrupted while ${commit.version} was being released to ${environment}.`, {
      next: `Whether ${environment} serves it already, \`sitepod history --env ${environment}\` tells.`,
    });
  }
}
