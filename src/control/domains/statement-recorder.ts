import type { KyselyPlugin, PluginTransformQueryArgs } from "kysely";

/** For tests: keeps the kinds of statements that a database is asked, without the values in them. */
export class StatementRecorder implements KyselyPlugin {
  #texts: string[] = [];

  /** Returns what was asked while `work` ran, in order. */
  async during(work: () => Promise<unknown>): Promise<string[]> {
    this.#texts = [];
    await work();
    return this.#texts;
  }

  transformQuery({ node }: PluginTransformQueryArgs) {
    this.#texts.push(JSON.stringify(node, (key, value) => (key === "value" || key === "queryId" ? undefined : value)));
    return node;
  }

  transformResult: KyselyPlugin["transformResult"] = async ({ result }) => result;
}
