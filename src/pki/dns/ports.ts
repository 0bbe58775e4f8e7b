/** Puts TXT records into DNS and takes them out again. More than one value may stand under a name at a time. */
export interface DnsWriter {
  /** Adds a value beside those that are there; one that is there already is no fault. Returns when it was taken. */
  present(name: string, value: string): Promise<void>;
  /** Removes this value and no other; one that is not there is no fault. */
  remove(name: string, value: string): Promise<void>;
}

/** Asks DNS. What is not there is empty or undefined; throws where DNS could not tell. */
export interface DnsReader {
  /** `server` is asked instead of the machine's own where it is given: `192.0.2.1:53`, `[2001:db8::1]:53`. */
  findTexts(name: string, server?: string): Promise<string[]>;
  findAddresses(name: string): Promise<string[]>;
  /** The names of a zone's name servers. Empty where no zone begins at this name. */
  findNameServers(zone: string): Promise<string[]>;
  /** What a CNAME record at this name leads to. */
  findAlias(name: string): Promise<string | undefined>;
}
