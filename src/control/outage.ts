import { isDatabaseFailure } from "#db";
import { SitepodError } from "#model";

/** Whether an error says that the database or the store cannot be used at all, rather than that one record is wrong. */
export const isOutage = (error: unknown): boolean =>
  isDatabaseFailure(error) || (error instanceof SitepodError && error.code === "unavailable");
