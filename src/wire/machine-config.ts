import { stringify } from "smol-toml";
import { parseEndpoint, parseText, readSettings, type Setting } from "./settings.ts";
import type { ParsedToml } from "./sitepod-toml.ts";

/** What `~/.sitepod/config.toml` says: the server this machine talks to, and the token it was given there. */
export interface MachineConfig {
  readonly endpoint: string | undefined;
  readonly token: string | undefined;
  /** The id of the workspace to work in; absent: the account's own. */
  readonly workspace?: string | undefined;
}

const endpoint: Setting<string> = {
  key: "server.endpoint",
  type: "address",
  doc: "The server that `sitepod login` logged in to.",
  example: "https://sitepod.example.com",
  parse: parseEndpoint,
};
const workspace: Setting<string> = {
  key: "server.workspace",
  type: "text",
  doc: "The workspace there that commands work in, by its id. `sitepod workspace use` writes it.",
  example: "ws_0123456789abcdef",
  parse: parseText,
};
const token: Setting<string> = {
  key: "auth.token",
  type: "text",
  doc: "The token of that login. It is sent to this server only.",
  example: "sitepod_…",
  parse: parseText,
};

export const MACHINE_CONFIG_SETTINGS: readonly Setting[] = [endpoint, workspace, token];

/** Parses the machine's file. Keys it does not know are left alone: other versions write them. */
export function parseMachineConfig(text: string): ParsedToml<MachineConfig> {
  const { values, faults } = readSettings(text, MACHINE_CONFIG_SETTINGS);
  if (faults.length > 0) return { ok: false, faults };
  const find = (key: string) => values.get(key) as string | undefined;
  const [chosen, value] = [find(workspace.key), { endpoint: find(endpoint.key), token: find(token.key) }];
  return { ok: true, value: chosen === undefined ? value : { ...value, workspace: chosen } };
}

export function formatMachineConfig(config: MachineConfig): string {
  const { workspace } = config;
  const chosen = workspace === undefined ? {} : { workspace };
  const server = config.endpoint === undefined ? {} : { server: { endpoint: config.endpoint, ...chosen } };
  const auth = config.token === undefined ? {} : { auth: { token: config.token } };
  return stringify({ ...server, ...auth });
}
