import { type Changes, createChanges, type Heard } from "./changes.ts";
import { createStreams, type Streams } from "./streams.ts";

/** What is told as it happens, to browsers and to the other control planes. */
export interface Live {
  /** Tells that something has changed. Never throws and never waits. */
  tell(change: Heard): void;
  /** Tells that a deploy has new lines. */
  tellDeploy(deployId: string): void;
  /** Takes what another control plane has told. Returns false where the key is none of ours. */
  hear(key: string): boolean;
  feedChanges: Changes["feed"];
  /** Has a function called with each deploy that has new lines. */
  onDeploy(listener: (deployId: string) => void): void;
  readonly streams: Streams;
  /** Whether the server is ending: nobody watches any more. */
  isClosed(): boolean;
  close(): void;
}

const DEPLOY_PREFIX = "live/deploys/";
const CHANGE_PREFIX = "live/changes/";

/**
 * @param epoch names this process among all there ever are
 * @param tellOthers tells the other control planes, where there are some
 */
export function createLive(epoch: string, tellOthers: (key: string) => void = () => {}): Live {
  const changes = createChanges(epoch);
  const listeners: ((deployId: string) => void)[] = [];
  const streams = createStreams();
  let isClosed = false;
  const hearDeploy = (id: string) => {
    for (const listener of listeners) listener(id);
  };
  return {
    tell(change) {
      changes.tell(change);
      tellOthers(CHANGE_PREFIX + JSON.stringify(change));
    },
    tellDeploy(id) {
      hearDeploy(id);
      tellOthers(DEPLOY_PREFIX + id);
    },
    hear(key) {
      if (key.startsWith(DEPLOY_PREFIX)) hearDeploy(key.slice(DEPLOY_PREFIX.length));
      else if (key.startsWith(CHANGE_PREFIX)) changes.tell(JSON.parse(key.slice(CHANGE_PREFIX.length)) as Heard);
      else return false;
      return true;
    },
    feedChanges: changes.feed,
    onDeploy: (listener) => void listeners.push(listener),
    streams,
    isClosed: () => isClosed,
    close() {
      isClosed = true;
      streams.close();
    },
  };
}
