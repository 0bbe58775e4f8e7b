/** Read at the start: once an upgrade has put another file in the place of this one, the system tells that it was deleted. */
const program = process.execPath;

/** An executable has its source within itself. */
const isExecutable = /^(?:\/\$bunfs\/|[A-Z]:[\\/]~BUN)/.test(Bun.main);

/** How this program is started again, as it stands in its place now. */
export const ownCommand = (): string[] => (isExecutable ? [program] : [program, Bun.main]);

/** What a person types to run the command line of this program: in a clone it is nowhere on the path. */
export const typedCommand = (): string => (isExecutable ? "sitepod" : "npx sitepod");
