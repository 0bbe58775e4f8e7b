/** What a workspace may be limited in. */
export const LIMIT_NAMES = [
  "max_files",
  "max_file_size",
  "max_deploy_size",
  "max_stored_size",
  "max_sites",
  "max_requests_per_minute",
] as const;

export type LimitName = (typeof LIMIT_NAMES)[number];
