import type { Option } from "./option.ts";

/** The options of `sitepod serve` about mail: part of the table of all. */
export const MAIL_OPTIONS = {
  smtpUrl: {
    env: "SITEPOD_SMTP_URL",
    kind: "secret",
    doc: "Mail server for invitations and lost passwords: smtps://user:password@host, or smtp://host:587, which turns to TLS where the server can",
  },
  mailFrom: {
    env: "SITEPOD_MAIL_FROM",
    kind: "text",
    doc: "Who mails come from, such as SitePod <sitepod@example.com>",
  },
} as const satisfies Record<string, Option>;

/** How mail is sent. */
export interface MailSettings {
  /** May hold a password: it is never shown. */
  readonly smtpUrl: URL;
  readonly from: string;
}

/** Decides the options about mail. Undefined where none is sent. Faults are added to `faults`. */
export function decideMail(
  text: (name: keyof typeof MAIL_OPTIONS) => string | undefined,
  faults: string[],
): MailSettings | undefined {
  const [smtp, from] = [text("smtpUrl"), text("mailFrom")];
  if (smtp === undefined) {
    if (from !== undefined) faults.push("SITEPOD_MAIL_FROM is set and SITEPOD_SMTP_URL is not: no mail can be sent");
    return undefined;
  }
  const smtpUrl = URL.parse(smtp);
  if (!smtpUrl || !/^smtps?:$/.test(smtpUrl.protocol) || smtpUrl.hostname === "") {
    faults.push("SITEPOD_SMTP_URL must be a URL such as smtps://user:password@mail.example.com");
  }
  if (from === undefined || !/^[^<>\r\n]*<?[^\s<>@]+@[^\s<>@]+>?$/.test(from)) {
    faults.push("SITEPOD_MAIL_FROM must be an address, such as SitePod <sitepod@example.com>");
  }
  return smtpUrl && from !== undefined ? { smtpUrl, from } : undefined;
}
