import { stringify } from "smol-toml";
import { parseEndpoint, parseText, readSettings, type Setting } from "./settings.ts";
import type { ParsedToml } from "./sitepod-toml.ts";

/** What `~/.sitepod/config.toml` says: the server this machine talks to, and the token it was given there. */
export interface MachineConfig {
  readonly endpoint: string | undefined;
  readonly token: string | undefined;
}

const endpoint: Setting<string> = {
  key: "server.endpoint",
  type: "address",
  doc: "The server that `sitepod login` logged in to.",
  example: "https://sitepod.example.com",
  parse: parseEndpoint,
};
const token: Setting<string> = {
  key: "auth.token",
  type: "text",
  doc: "The token of that login. It is sent to this server only.",
  example: "sitepod_…",
  parse: parseText,
};

export const MACHINE_CONFIG_SETTINGS: readonly Setting[] = [endpoint, token];

/** Parses the machine's file. Keys it does not know are left alone: other versions write them. */
export function parseMachineConfig(text: string): ParsedToml<MachineConfig> {
  const { values, faults } = readSettings(text, MACHINE_CONFIG_SETTINGS);
  if (faults.length > 0) return { ok: false, faults };
  const find = (key: string) => values.get(key) as string | undefined;
  return { ok: true, value: { endpoint: find(endpoint.key), token: find(token.key) } };
}

export function formatMachineConfig(config: MachineConfig): string {
  const server = config.endpoint === undefined ? {} : { server: { endpoint: config.endpoint } };
  const auth = config.token === undefined ? {} : { auth: { token: config.token } };
  return stringify({ ...server, ...auth });
}
