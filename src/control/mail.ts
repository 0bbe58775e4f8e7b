/** One letter, as plain text and as HTML that says the same. */
export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** Hands a letter to the mail server. Throws SitepodError `unavailable` where that does not take it. */
export type SendMail = (mail: Mail) => Promise<void>;

/** What a letter says: paragraphs, and the one thing to do. */
export interface Letter {
  readonly to: string;
  readonly subject: string;
  readonly before: readonly string[];
  readonly action: { readonly label: string; readonly url: string };
  readonly after: readonly string[];
}

/** Writes a letter out. What is in it may come from anybody, and stays text. */
export function composeMail({ to, subject, before, action, after }: Letter): Mail {
  const paragraph = (text: string) => `<p>${escapeHtml(text)}</p>`;
  const link = `<p><a href="${escapeHtml(action.url)}">${escapeHtml(action.label)}</a></p>`;
  return {
    to,
    // A line break would begin another header.
    subject: subject.replaceAll(/\s+/g, " "),
    text: `${[...before, `${action.label}:\n${action.url}`, ...after].join("\n\n")}\n`,
    html: [
      '<!doctype html><html lang="en"><head><meta charset="utf-8"></head>',
      '<body style="font-family:system-ui,sans-serif;font-size:15px;line-height:1.5">',
      ...before.map(paragraph),
      link,
      ...after.map(paragraph),
      "</body></html>",
    ].join("\n"),
  };
}

const ESCAPES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

const escapeHtml = (text: string): string => text.replaceAll(/[&<>"]/g, (character) => ESCAPES[character]!);
