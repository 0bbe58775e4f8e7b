import { describe, expect, test } from "bun:test";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { createMailer } from "../../src/bin/mailer.ts";
import { composeMail } from "../../src/control/mail.ts";
import type { SMTPServerOptions } from "smtp-server";
import { startSmtp } from "../harness/smtp-server.ts";

const SECRET = "the-token-of-the-link";
const mail = composeMail({
  to: "ann@example.org",
  subject: "A new\r\nBcc: everybody@example.org",
  before: ["Somebody <b>you</b> know."],
  action: { label: "Choose", url: `https://sites.test/reset-password#${SECRET}` },
  after: ["The link is good once."],
});
const send = (url: string) => createMailer({ smtpUrl: new URL(url), from: "SitePod <sitepod@example.org>" })(mail);

/** What of it the log and the operator see. */
async function faultOf(sending: Promise<void>): Promise<string> {
  const error = await sending.then(
    () => undefined,
    (error: unknown) => error,
  );
  return Bun.inspect(error);
}

test("a letter arrives as text and as HTML, where what others wrote is text, and one subject", async () => {
  await using server = await startSmtp();
  await send(`smtp://127.0.0.1:${server.port}`);
  const { from, to, text } = await server.mailTo("ann@example.org");
  expect({ from, to }).toEqual({ from: "sitepod@example.org", to: ["ann@example.org"] });
  expect(text).toContain("From: SitePod <sitepod@example.org>");
  expect(text).toContain("Subject: A new Bcc: everybody@example.org");
  expect(text).not.toMatch(/^Bcc:/m);
  expect(text).toContain("Content-Type: text/plain");
  expect(text).toContain("Content-Type: text/html");
  expect(text).toContain("<p>Somebody &lt;b&gt;you&lt;/b&gt; know.</p>");
});

describe("a password", () => {
  const credentials: string[] = [];
  const options: SMTPServerOptions = {
    authOptional: false,
    allowInsecureAuth: true,
    onAuth({ username, password }, _, done) {
      credentials.push(`${username} ${password}`);
      done(null, { user: username ?? "" });
    },
  };

  test("is sent to a mail server of this machine as it asks", async () => {
    await using server = await startSmtp({ ...options, hideSTARTTLS: true });
    await send(`smtp://ann%40example.org:p%20w@127.0.0.1:${server.port}`);
    expect(credentials.splice(0)).toEqual(["ann@example.org p w"]);
  });

  test.each([
    ["without TLS", { hideSTARTTLS: true }],
    ["whose certificate nobody vouches for", {}],
  ])("is not sent to one elsewhere %s", async (_, more) => {
    // To the mailer it is another machine's address.
    await using server = await startSmtp({ ...options, ...more, logger: false }, "127.0.0.2");
    expect(await faultOf(send(`smtp://ann:secret@127.0.0.2:${server.port}`))).toMatch(
      /did not take the mail: E(TLS|SOCKET)/,
    );
    expect(credentials).toEqual([]);
  });
});

test("what a mail server refuses is told without the letter", async () => {
  await using server = await startSmtp({
    onRcptTo: (_, __, done) => done(Object.assign(new Error("no such mailbox"), { responseCode: 550 })),
  });
  const fault = await faultOf(send(`smtp://127.0.0.1:${server.port}`));
  expect(fault).toContain("The mail server did not take the mail: EENVELOPE RCPT TO 550.");
  expect(fault).not.toContain(SECRET);
});

test("a mail server that is not there is told, and its password is not", async () => {
  const closed = createServer();
  await new Promise<void>((resolve) => closed.listen(0, "127.0.0.1", resolve));
  const { port } = closed.address() as AddressInfo;
  await new Promise<void>((resolve) => closed.close(() => resolve()));
  const fault = await faultOf(send(`smtp://ann:hunter2@127.0.0.1:${port}`));
  expect(fault).toContain("The mail server did not take the mail: ESOCKET CONN.");
  expect(fault).not.toContain("hunter2");
});
