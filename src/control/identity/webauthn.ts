import type { AuthenticatorTransport } from "@simplewebauthn/server";
import type { Addresses } from "../addresses.ts";

/** Names under the domain that are the console's, and no site's. */
const CONSOLE_LABELS = ["console", "app"];

/** Loaded when the first passkey is asked for. */
export const webauthn = () => import("@simplewebauthn/server");

/** How the database writes the ways to reach an authenticator, and a public key. */
export const writeTransports = (transports: readonly string[] = []): string => transports.join(" ");
export const transportsOf = (text: string) => text.split(" ").filter((word) => word !== "") as AuthenticatorTransport[];
export const writePublicKey = (key: Uint8Array): string => Buffer.from(key).toString("base64url");
export const publicKeyOf = (text: string) => new Uint8Array(Buffer.from(text, "base64url"));

/** Where a browser may be that asks for a passkey: the console's own origins. */
export const originsOf = ({ console: origin, domain }: Pick<Addresses, "console" | "domain">): string[] => [
  origin,
  ...CONSOLE_LABELS.map((label) => origin.replace(`//${domain}`, `//${label}.${domain}`)),
];
