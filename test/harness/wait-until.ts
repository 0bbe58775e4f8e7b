const pauseMs = 10;

/**
 * Asks again and again until the answer is neither undefined nor false, and returns it. Throws after `timeoutMs` with
 * what was waited for; `describe` may add what is known then.
 */
export async function waitUntil<T>(
  what: string,
  ask: () => T | undefined | false | Promise<T | undefined | false>,
  { timeoutMs = 60_000, describe = () => "" }: { timeoutMs?: number; describe?: () => string } = {},
): Promise<T> {
  const endMs = performance.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (performance.now() > endMs) throw new Error(`Waited ${timeoutMs} ms in vain until ${what}. ${describe()}`);
    await Bun.sleep(pauseMs);
  }
}
