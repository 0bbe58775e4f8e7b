import type { Page } from "playwright-core";

/** Drags a folder of this machine into the middle of a page and drops it there, as a person does with the file manager. */
export async function dropFolder(page: Page, folder: string): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  const { width, height } = page.viewportSize()!;
  const at = { x: width / 2, y: height / 2, data: { items: [], files: [folder], dragOperationsMask: 1 } };
  for (const type of ["dragEnter", "dragOver", "drop"] as const) {
    await devtools.send("Input.dispatchDragEvent", { type, ...at });
  }
  await devtools.detach();
}
