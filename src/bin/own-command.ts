/** How this very program is started again: an executable has its source within itself. */
export function ownCommand(): string[] {
  const isExecutable = /^(?:\/\$bunfs\/|[A-Z]:[\\/]~BUN)/.test(Bun.main);
  return isExecutable ? [process.execPath] : [process.execPath, Bun.main];
}
