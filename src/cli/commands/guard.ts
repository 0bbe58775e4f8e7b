import type { Environment } from "#model";
import type { Api } from "#wire";
import type { Result } from "../command-spec.ts";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { formatTable } from "../terminal/table.ts";

interface GuardOptions {
  readonly env: Environment;
  readonly approval?: boolean;
  readonly lock?: string;
  readonly off?: boolean;
  readonly name?: string;
}

export async function run(context: Context, _: readonly unknown[], options: GuardOptions): Promise<Result> {
  const wish = readWish(options);
  const [project, client] = await Promise.all([context.site(options.name), context.client()]);
  if (wish === undefined) {
    const list = await client.guards(project);
    const rows = list.guards.map(({ environment, guard, set_by }) => [environment, describe(guard), set_by ?? ""]);
    const columns = [{ title: "ENVIRONMENT", paint: context.paint.bold }, { title: "MOVES" }, { title: "SET BY" }];
    return { text: formatTable(columns, rows), json: list };
  }
  const state = await client.setGuard({ project, environment: options.env, guard: wish });
  return { text: `${context.paint.bold(options.env)} of ${project}: ${describe(state.guard)}.`, json: state };
}

/** What is to stand before the environment; null: nothing; undefined: nothing was said. Throws a Failure of `usage`. */
function readWish({ approval, lock, off }: GuardOptions): Api.GuardRequest["guard"] | undefined {
  const wishes: Api.GuardRequest["guard"][] = [
    ...(approval ? [{ kind: "approval" } as const] : []),
    ...(lock === undefined ? [] : [{ kind: "lock", reason: lock } as const]),
    ...(off ? [null] : []),
  ];
  if (wishes.length > 1) throw new Failure("usage", "--approval, --lock and --off do not go together.");
  return wishes[0];
}

function describe(guard: Api.GuardState["guard"]): string {
  if (!guard) return "by everybody who may deploy";
  if (guard.kind === "approval") return "once another member approves";
  return `by nobody: ${guard.reason}${guard.over ? " (then again once another member approves)" : ""}`;
}
