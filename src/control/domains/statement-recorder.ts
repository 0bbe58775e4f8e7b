import type { KyselyPlugin, PluginTransformQueryArgs } from "kysely";

/** For tests: keeps the kinds of statements that a database is asked, without the values in them. */
export class StatementRecorder implements KyselyPlugin {
  readonly texts: string[] = [];
  transformQuery({ node }: PluginTransformQueryArgs) {
    this.texts.push(JSON.stringify(node, (key, value) => (key === "value" || key === "queryId" ? undefined : value)));
    return node;
  }
  transformResult: KyselyPlugin["transformResult"] = async ({ result }) => result;
}
