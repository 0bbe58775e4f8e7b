import { addFigures, type Figures, type ShownAs, type SiteFigures } from "#model";
import { splitUrl } from "#routing";
import { type PathRoom, PathSketch } from "./path-sketch.ts";

/** The bytes of files that answers consist of: counted whole when they begin to be sent. */
export interface Sent {
  bytes: number;
}

/** Whose answers are counted together: a site, under one kind of its addresses. */
export interface Visited {
  readonly label: string;
  readonly shownAs: ShownAs;
}

/** Counts what is answered of a site. It is kept by whatever leads there, and goes on where it was handed over. */
export interface SiteCount extends Sent {
  /** Counts an answer that was looked up. */
  answered(method: string, url: string, status: number): void;
  /** Counts requests for one URL that are answered at once. */
  openUrl(url: string): UrlCount;
}

/** The same for a URL whose answer is ready: one look and two additions a request. */
export interface UrlCount {
  readonly site: SiteCount;
  answered(status: number): void;
}

export interface SiteTraffic {
  of(visited: Visited): SiteCount;
  /** Hands over what was counted since it was handed over last. */
  take(): SiteFigures[];
  /** Of all sites since the beginning. */
  sentBytes(): number;
}

export interface SiteTrafficOptions {
  /** Milliseconds since the epoch. */
  readonly nowMs: () => number;
  /** Of all sites together: as long as it takes to hand them over. */
  readonly maxPaths?: number;
}

const DEFAULT_MAX_PATHS = 100_000;
/** URLs asked for since it was handed over last. With so many, what they count is added to their sites at once. */
const MAX_TOUCHED = 10_000;

/** Counts by site, as long as somebody visits it: what has no visitors takes no memory. */
export function createSiteTraffic({ nowMs, maxPaths = DEFAULT_MAX_PATHS }: SiteTrafficOptions): SiteTraffic {
  const room: PathRoom = { left: maxPaths };
  let active: CountedSite[] = [];
  let touched: CountedUrl[] = [];
  const known = new Map<string, CountedSite>();
  let bytesHandedOver = 0;

  function gather(): void {
    for (const url of touched) url.gather();
    touched = [];
  }

  const events: CountEvents = {
    begin(site) {
      site.sinceMs = nowMs();
      active.push(site);
    },
    touch(url) {
      touched.push(url);
      if (touched.length >= MAX_TOUCHED) gather();
    },
  };

  return {
    of({ label, shownAs }) {
      const name = `${label} ${shownAs}`;
      let site = known.get(name);
      if (!site) known.set(name, (site = new CountedSite({ label, shownAs }, room, events)));
      return site;
    },
    take() {
      gather();
      const taken = new Map<string, SiteFigures>();
      for (const site of active) {
        const { label, shownAs } = site.visited;
        const name = `${label} ${shownAs}`;
        bytesHandedOver += site.bytes;
        const before = taken.get(name);
        const figures = site.take();
        // One that is reached by an answer from before is not the one that is found by its name now.
        taken.set(
          name,
          before ? { ...before, figures: addFigures(before.figures, figures) } : figuresOf(site, figures),
        );
      }
      active = [];
      known.clear();
      return [...taken.values()];
    },
    sentBytes: () => active.reduce((sum, { bytes }) => sum + bytes, bytesHandedOver),
  };
}

/** Stands in where sites are not counted. */
export function countNoSites(): SiteTraffic {
  const nobody: SiteCount = { bytes: 0, answered() {}, openUrl: () => url };
  const url: UrlCount = { site: nobody, answered() {} };
  return { of: () => nobody, take: () => [], sentBytes: () => nobody.bytes };
}

interface CountEvents {
  /** The first was counted since it was handed over last. */
  begin(site: CountedSite): void;
  touch(url: CountedUrl): void;
}

const figuresOf = ({ visited, sinceMs }: CountedSite, figures: Figures): SiteFigures => ({
  ...visited,
  sinceMs,
  figures,
});

class CountedSite implements SiteCount {
  bytes = 0;
  sinceMs = 0;
  readonly visited: Visited;
  readonly #room: PathRoom;
  readonly #events: CountEvents;
  #isActive = false;
  /** Found by the first digit of a status, of which 0 is none. */
  #answers = [0, 0, 0, 0, 0, 0];
  #notModified = 0;
  #paths: PathSketch | undefined;
  #missing: PathSketch | undefined;

  constructor(visited: Visited, room: PathRoom, events: CountEvents) {
    this.visited = visited;
    this.#room = room;
    this.#events = events;
  }

  count(status: number): void {
    if (!this.#isActive) {
      this.#isActive = true;
      this.#events.begin(this);
    }
    this.#answers[(status / 100) | 0]!++;
    if (status === 304) this.#notModified++;
  }

  answered(method: string, url: string, status: number): void {
    this.count(status);
    if (method !== "GET" && method !== "HEAD") return;
    if (isServed(status)) this.addPath(splitUrl(url).path, 1);
    else if (status === 404) (this.#missing ??= new PathSketch(this.#room)).add(splitUrl(url).path, 1);
  }

  addPath(path: string, requests: number): void {
    (this.#paths ??= new PathSketch(this.#room)).add(path, requests);
  }

  openUrl(url: string): UrlCount {
    return new CountedUrl(this, url, this.#events);
  }

  /** What was counted, to be counted anew from now on. */
  take(): Figures {
    const [, , ok = 0, moved = 0, refused = 0, failed = 0] = this.#answers;
    const figures: Figures = {
      answers: [ok, moved, refused, failed],
      notModified: this.#notModified,
      bytes: this.bytes,
      paths: this.#paths?.list() ?? [],
      missing: this.#missing?.list() ?? [],
    };
    this.#paths?.end();
    this.#missing?.end();
    this.#paths = this.#missing = undefined;
    this.#answers = [0, 0, 0, 0, 0, 0];
    this.#notModified = this.bytes = 0;
    this.#isActive = false;
    return figures;
  }
}

class CountedUrl implements UrlCount {
  readonly site: CountedSite;
  readonly #url: string;
  readonly #events: CountEvents;
  #requests = 0;

  constructor(site: CountedSite, url: string, events: CountEvents) {
    this.site = site;
    this.#url = url;
    this.#events = events;
  }

  answered(status: number): void {
    this.site.count(status);
    if (isServed(status) && this.#requests++ === 0) this.#events.touch(this);
  }

  gather(): void {
    this.site.addPath(splitUrl(this.#url).path, this.#requests);
    this.#requests = 0;
  }
}

/** Whether a visitor got what is at a path, or had it already. */
const isServed = (status: number): boolean => status < 300 || status === 304;
