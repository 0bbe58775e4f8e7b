import type { Generated } from "kysely";

/** The set of blobs that one deploy sends; the v1 API calls it a plan. */
export interface UploadTable {
  id: string;
  site_id: string;
  workspace_id: string;
  user_id: string;
  manifest: string;
  git_commit: string | null;
  git_branch: string | null;
  git_message: string | null;
  git_time: Generated<string | null>;
  /** The pod of a release that the plan builds on. */
  base: Generated<string | null>;
  /** 1: more files follow in a plan that builds on this one. */
  is_partial: Generated<number>;
  created_at: string;
  expires_at: string;
  /** The release it became. */
  version: number | null;
}

/** One execution of a deploy, from the plan on; its id is the upload's, which is forgotten before it. */
export interface DeployTable {
  id: string;
  site_id: string;
  user_id: string;
  /** The release it became. */
  version: number | null;
  /** 1: its last commit was refused. */
  has_failed: Generated<number>;
  files_count: number;
  total_size: number;
  /** Files whose content the workspace did not have, and their bytes, each content once. */
  new_files: number | null;
  new_bytes: number | null;
  started_at: string;
  /** When the last line came. */
  last_at: string;
}

/** A line of a deploy's log. Numbers count from 1 and have no gaps. */
export interface DeployLineTable {
  deploy_id: string;
  number: number;
  at: string;
  /** What the API says of it, as JSON. */
  content: string;
}
