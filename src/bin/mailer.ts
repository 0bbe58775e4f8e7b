import { createTransport } from "nodemailer";
import type { SendMail } from "#control";
import { SitepodError } from "#model";
import type { MailSettings } from "./mail-options.ts";

/** A mail server that does not answer is given up after this long, at each step. */
const TIMEOUT_MS = 15_000;
const SMTP_PORT = 25;

/** Sends mail by SMTP, a connection each: there are few. */
export function createMailer({ smtpUrl, from }: MailSettings): SendMail {
  const { protocol, hostname, port, username, password } = smtpUrl;
  const isHere = ["localhost", "127.0.0.1", "[::1]"].includes(hostname);
  const transport = createTransport({
    host: hostname.replaceAll(/^\[|\]$/g, ""),
    ...(port === "" ? (protocol === "smtp:" ? { port: SMTP_PORT } : {}) : { port: Number(port) }),
    secure: protocol === "smtps:",
    // A mail server of this machine has a certificate for no name of it, and nobody listens in between.
    ignoreTLS: isHere,
    ...(username === ""
      ? {}
      : {
          auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) },
          // A password never crosses the network in the open.
          requireTLS: !isHere,
        }),
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
    // A letter is text that we made: it names no file and no address to read from.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return async (mail) => {
    try {
      await transport.sendMail({ from, ...mail });
    } catch (error) {
      throw new SitepodError("unavailable", `The mail server did not take the mail: ${describe(error)}.`);
    }
  };
}

/** What the server answered to which command. Its words may repeat the letter, which holds a secret: they are left out. */
function describe(error: unknown): string {
  const { code, command, responseCode } = error as { code?: string; command?: string; responseCode?: number };
  return [code ?? "failed", command, responseCode].filter((part) => part !== undefined).join(" ");
}
