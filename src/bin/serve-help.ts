import { type Option, SERVE_OPTIONS } from "./serve-options.ts";

const PLACEHOLDER: Record<Option["kind"], string> = {
  text: " <text>",
  count: " <number>",
  bytes: " <size>",
  hours: " <hours>",
  switch: "",
  secret: " <text>",
};

/** The text of `sitepod serve --help`, from the table of options. */
export function formatServeHelp(): string {
  const options = Object.values(SERVE_OPTIONS) as Option[];
  const flags = options.flatMap((option) =>
    option.flag ? [[`--${option.flag}${PLACEHOLDER[option.kind]}`, describe(option)]] : [],
  );
  const variables = options.filter((option) => !option.flag).map((option) => [option.env, describe(option)]);
  return [
    "Usage: sitepod serve [options]",
    "",
    "Serves sites, the console and the API from one data folder.",
    "",
    "Options (each also by the environment variable named behind it):",
    ...table(flags),
    "",
    "Environment variables only:",
    ...table(variables),
  ].join("\n");
}

function describe(option: Option): string {
  const notes = [option.fallback === undefined ? "" : `default ${option.fallback}`, option.flag ? option.env : ""];
  const note = notes.filter(Boolean).join(", ");
  return note === "" ? option.doc : `${option.doc} (${note})`;
}

function table(rows: string[][]): string[] {
  const width = Math.max(...rows.map(([name]) => name!.length));
  return rows.map(([name, text]) => `  ${name!.padEnd(width)}  ${text}`);
}
