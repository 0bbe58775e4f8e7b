import type { AddressInfo } from "node:net";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import { waitUntil } from "./wait-until.ts";

/** A letter as it came: who it is from and to, and its text with headers. */
export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly text: string;
  readonly isEncrypted: boolean;
  readonly user: string | undefined;
}

/** A mail server on this machine, which keeps what it is sent. */
export interface SmtpServer extends AsyncDisposable {
  readonly port: number;
  readonly received: readonly ReceivedMail[];
  /** Waits for a letter to somebody. */
  mailTo(address: string): Promise<ReceivedMail>;
}

/** Starts a mail server at an address of this machine's. It takes mail from anybody, unless the options say otherwise. */
export async function startSmtp(options: SMTPServerOptions = {}, address = "127.0.0.1"): Promise<SmtpServer> {
  const received: ReceivedMail[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disableReverseLookup: true,
    ...options,
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        const { mailFrom, rcptTo } = session.envelope;
        received.push({
          from: mailFrom === false ? "" : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          text: Buffer.concat(chunks).toString(),
          isEncrypted: session.secure,
          user: session.user,
        });
        done();
      });
    },
  });
  // A client that leaves in the middle is no fault of the test's.
  server.on("error", () => {});
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  return {
    port: (server.server.address() as AddressInfo).port,
    received,
    mailTo: (address) => waitUntil(`a mail to ${address}`, () => received.findLast(({ to }) => to.includes(address))),
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}
