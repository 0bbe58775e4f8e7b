export type Log = (message: string, cause?: unknown) => void;

/** Returns what writes one line an event to the standard error; a cause is shown with its stack, since an operator has nothing else to go by. */
export const createLog =
  (source = ""): Log =>
  (message, cause) => {
    const details = cause === undefined ? "" : `\n${Bun.inspect(cause)}`;
    console.error(`${new Date().toISOString()} ${source}${message}${details}`);
  };
