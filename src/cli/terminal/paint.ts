import type { Output } from "../world.ts";

/** Colours text, or leaves it as it is where colour is not wanted. */
export interface Paint {
  readonly isColored: boolean;
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  green(text: string): string;
  yellow(text: string): string;
  cyan(text: string): string;
}

/** Colour is for terminals, and not where NO_COLOR is set (https://no-color.org) or the terminal is dumb. */
export function wantsColor(output: Output, env: Readonly<Record<string, string | undefined>>): boolean {
  return output.isTTY === true && !env["NO_COLOR"] && env["TERM"] !== "dumb";
}

export function createPaint(isColored: boolean): Paint {
  const style = (on: number, off: number) => (text: string) => (isColored ? `\x1b[${on}m${text}\x1b[${off}m` : text);
  return {
    isColored,
    bold: style(1, 22),
    dim: style(2, 22),
    red: style(31, 39),
    green: style(32, 39),
    yellow: style(33, 39),
    cyan: style(36, 39),
  };
}
