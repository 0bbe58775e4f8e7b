import { parseJsonObject } from "./ref.ts";

/** How the addresses of HTML files are spelled; the names are Cloudflare's. The first is the default. */
export const HTML_HANDLINGS = ["auto-trailing-slash", "force-trailing-slash", "drop-trailing-slash", "none"] as const;
export type HtmlHandling = (typeof HTML_HANDLINGS)[number];

/** Whose grammar a pod's `_redirects` and `_headers` are written in. */
export const RULES_DIALECTS = ["netlify", "cloudflare"] as const;
export type RulesDialect = (typeof RULES_DIALECTS)[number];

/** How a pod wants to be served: a part of its content, so a rollback restores it too. What is left out is the default. */
export interface PodSettings {
  readonly html_handling?: HtmlHandling | undefined;
  /** Left out: told by what the files say. */
  readonly rules_dialect?: RulesDialect | undefined;
}

/** Writes settings in their one spelling, as JSON: sorted, without what is the default, and empty where all is. */
export function formatPodSettings({ html_handling, rules_dialect }: PodSettings): string {
  const settings = {
    ...(html_handling !== undefined && html_handling !== HTML_HANDLINGS[0] && { html_handling }),
    ...(rules_dialect !== undefined && { rules_dialect }),
  };
  return Object.keys(settings).length === 0 ? "" : JSON.stringify(settings);
}

/** Reads settings. Undefined where the text is not exactly how they are written. */
export function parsePodSettings(text: string): PodSettings | undefined {
  if (text === "") return {};
  const value = parseJsonObject(text);
  if (!value) return undefined;
  const settings: PodSettings = {
    html_handling: HTML_HANDLINGS.find((mode) => mode === value["html_handling"]),
    rules_dialect: RULES_DIALECTS.find((dialect) => dialect === value["rules_dialect"]),
  };
  return formatPodSettings(settings) === text ? settings : undefined;
}
