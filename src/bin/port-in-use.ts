import { SitepodError } from "#model";

/** Throws EADDRINUSE. Ports that are shared on purpose would also be shared with a second server, by mistake. */
export function checkFree(port: number, hostname = "::"): void {
  if (port !== 0) Bun.listen({ port, hostname, socket: { data() {} } }).stop(true);
}

/** What is no address at all, or no name that leads to one, Bun tells without a code. */
const isAddressMissing = ({ code, message = "" }: { code?: string; message?: string }): boolean =>
  code === "EADDRNOTAVAIL" || (code === undefined && message.startsWith("Failed to listen at"));

/** Opens a port. Throws SitepodError, which says what to do, where it is in use or needs rights, or the host is another's. */
export function openPort<T>(port: number, open: () => T): T {
  try {
    return open();
  } catch (cause) {
    const { code } = cause as { code?: string };
    if (code === "EACCES") {
      throw new SitepodError(
        "forbidden",
        `Port ${port} needs rights that this process has not: give it the capability CAP_NET_BIND_SERVICE, as the service unit of the ` +
          "documentation does, or choose a port from 1024 on.",
        { cause },
      );
    }
    if (isAddressMissing(cause as Error)) {
      throw new SitepodError("invalid", "--host is none of this machine's addresses. `ip address` lists them.", {
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
