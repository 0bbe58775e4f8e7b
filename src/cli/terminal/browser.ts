import { spawn } from "node:child_process";
import type { Context } from "../context.ts";

/** Opens an address in the browser, at a terminal. Where there is no browser, nothing happens: the address is printed. */
export function openInBrowser(context: Context, url: string): void {
  if (!context.isInteractive || !context.world.stdout.isTTY) return;
  const words = openCommand(process.platform, url);
  if (!words) return;
  const [command, ...args] = words;
  const child = spawn(command, args, { stdio: "ignore", detached: true });
  child.on("error", () => {});
  child.unref();
}

/**
 * The words that open an address on a system; undefined for what is no web page: addresses come from the server, and these
 * programs start whatever a file or another scheme names.
 */
export function openCommand(platform: string, url: string): [string, ...string[]] | undefined {
  if (!/^https?:\/\//.test(url)) return undefined;
  if (platform === "darwin") return ["open", url];
  if (platform === "win32") return ["rundll32", "url.dll,FileProtocolHandler", url];
  return ["xdg-open", url];
}
