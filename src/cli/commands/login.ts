import { hostname } from "node:os";
import { type Api, parseEndpoint } from "#wire";
import { type ApiClient, createApiClient } from "../api-client.ts";
import { logInByBrowser } from "../browser-login.ts";
import type { Result } from "../command-spec.ts";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { machineFile, writeMachineConfig } from "../project/machine-file.ts";
import { readFirstLine } from "../terminal/first-line.ts";
import { askChoice, askPassword, askText } from "../terminal/prompts.ts";

interface LoginOptions {
  readonly email?: string;
  readonly passwordStdin?: boolean;
  readonly register?: boolean;
  readonly web?: boolean;
}

const MIN_PASSWORD_LENGTH = 8;
const DEFAULT_ENDPOINT = "http://localhost:8080";

export async function run(context: Context, _: readonly unknown[], options: LoginOptions): Promise<Result> {
  const endpoint = await chooseEndpoint(context);
  const client = createApiClient(context.world, endpoint, undefined);
  const name = `CLI on ${hostname()}`.slice(0, 100);
  const login = (await wantsBrowser(context, client, options))
    ? await logInByBrowser(context, client, name)
    : await logInByPassword(context, client, options, name);
  await writeMachineConfig(context.world.home, { endpoint, token: login.token });
  context.report.note(`The token is in ${machineFile(context.world.home)}.`);
  return {
    text: `${login.created ? "Registered" : "Logged in"} as ${context.paint.bold(login.email)} at ${endpoint}.`,
    json: { endpoint, email: login.email, user_id: login.user_id, created: login.created },
  };
}

/** A browser where somebody is there and has named no account. The first of all registers here, without one. */
async function wantsBrowser(context: Context, client: ApiClient, options: LoginOptions): Promise<boolean> {
  if (options.web) return true;
  const isTold = options.email !== undefined || options.passwordStdin || options.register;
  if (isTold || !context.isInteractive || context.world.env["SITEPOD_PASSWORD"]) return false;
  const { sign_up: signUp, sign_in: signIn } = await client.config();
  return signUp !== "first" && signIn?.device === true;
}

async function logInByPassword(
  context: Context,
  client: ApiClient,
  options: LoginOptions,
  name: string,
): Promise<Api.LoginResponse> {
  const action = await chooseAction(context, client, options);
  const email = options.email ?? (await ask(context, "--email", () => askEmail(context)));
  const password = await readPassword(context, options, action);
  const request = { email, password, action, name };
  try {
    return await client.login(request);
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== "second_factor_required") throw error;
    if (!context.isInteractive) {
      throw new Failure("not_logged_in", "This account wants a code as well, and nobody is there to be asked.", {
        next: "Run `sitepod login --web`, or set SITEPOD_TOKEN.",
      });
    }
    const code = await askText(context, { message: "One-time code, or a recovery code" });
    return await client.login({ ...request, code });
  }
}

async function chooseEndpoint(context: Context): Promise<string> {
  try {
    return (await context.server()).endpoint;
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== "no_server" || !context.isInteractive) throw error;
  }
  const answer = await askText(context, {
    message: "The server's address",
    initial: DEFAULT_ENDPOINT,
    check: (text) => {
      const parsed = parseEndpoint(text);
      return parsed.ok ? undefined : `It ${parsed.fault}`;
    },
  });
  const parsed = parseEndpoint(answer);
  return parsed.ok ? parsed.value : answer;
}

/** Asks only where there is something to decide. */
async function chooseAction(
  context: Context,
  client: ApiClient,
  { register }: LoginOptions,
): Promise<"login" | "register"> {
  if (register) return "register";
  const { sign_up: signUp } = await client.config();
  if (!context.isInteractive) return "login";
  if (signUp === "first") {
    context.report.note("Nobody has an account there yet. Who registers now becomes the administrator.");
    return "register";
  }
  if (signUp !== "open") return "login";
  const answer = await askChoice(context, `Do you have an account at ${client.endpoint}?`, [
    { value: "login", label: "Yes, log in" },
    { value: "register", label: "No, register" },
  ]);
  return answer as "login" | "register";
}

const askEmail = (context: Context) =>
  askText(context, {
    message: "E-mail",
    check: (text) => (/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text) ? undefined : "That is not an e-mail address"),
  });

async function readPassword(context: Context, options: LoginOptions, action: string): Promise<string> {
  if (options.passwordStdin) return await readFirstLine(context);
  const given = context.world.env["SITEPOD_PASSWORD"];
  if (given) return given;
  return await ask(context, "--password-stdin or SITEPOD_PASSWORD", async () => {
    if (action === "login") return await askPassword(context, { message: "Password" });
    const password = await askPassword(context, {
      message: `Choose a password (${MIN_PASSWORD_LENGTH} characters or more)`,
      check: (text) => (text.length >= MIN_PASSWORD_LENGTH ? undefined : `${MIN_PASSWORD_LENGTH} characters or more`),
    });
    await askPassword(context, {
      message: "Once more",
      check: (text) => (text === password ? undefined : "That is not the same password"),
    });
    return password;
  });
}

async function ask(context: Context, option: string, question: () => Promise<string>): Promise<string> {
  if (context.isInteractive) return await question();
  throw new Failure("usage", `Nobody is there to be asked, and ${option} is missing.`, {
    next: "In CI, set SITEPOD_TOKEN instead of logging in. With a browser somewhere, add --web.",
  });
}
