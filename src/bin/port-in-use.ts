import { SitepodError } from "#model";

/** Throws EADDRINUSE. Ports that are shared on purpose would also be shared with a second server, by mistake. */
export function checkFree(port: number, hostname = "::"): void {
  if (port !== 0) Bun.listen({ port, hostname, socket: { data() {} } }).stop(true);
}

/** Opens a port. Throws SitepodError, which says what to do, where it is in use or needs rights. */
export function openPort<T>(port: number, open: () => T): T {
  try {
    return open();
  } catch (cause) {
    const { code } = cause as { code?: string };
    if (code === "EACCES") {
      throw new SitepodError("forbidden", `Port ${port} needs rights that this process has not. See the guide.`, {
        cause,
      });
    }
    if (code !== "EADDRINUSE") throw cause;
    throw new SitepodError(
      "conflict",
      `Port ${port} is in use. Stop what listens there, or choose another with --port or --https-port.`,
      { cause },
    );
  }
}
