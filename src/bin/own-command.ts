/** Read at the start: once an upgrade has put another file in the place of this one, the system tells that it was deleted. */
const program = process.execPath;

/** How this program is started again, as it stands in its place now: an executable has its source within itself. */
export function ownCommand(): string[] {
  const isExecutable = /^(?:\/\$bunfs\/|[A-Z]:[\\/]~BUN)/.test(Bun.main);
  return isExecutable ? [program] : [program, Bun.main];
}
