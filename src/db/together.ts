import { AsyncLocalStorage } from "node:async_hooks";
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SelectQueryNode,
  type TransactionSettings,
} from "kysely";

/** Runs a work all of whose queries are one transaction, whoever makes them. */
export type RunTogether = <T>(work: () => Promise<T>) => Promise<T>;

/**
 * Lets queries of one work be one transaction that are made by a library, which takes no transaction of ours. It begins
 * with the first query that changes something: what was read or computed before, such as a password's hash, held nothing.
 * Transactions within the work are parts of it, each undone alone where it fails. Where the work throws, or a query of it
 * failed outside of such a part, all is undone.
 */
export function joinable(dialect: Dialect): { readonly dialect: Dialect; readonly together: RunTogether } {
  const works = new AsyncLocalStorage<Work>();
  const begun = () => {
    const work = works.getStore();
    // What a work has left running goes on without it.
    return work?.isOver === false ? work : undefined;
  };
  let driver: Driver | undefined;
  return {
    dialect: { ...dialect, createDriver: () => new JoiningDriver((driver = dialect.createDriver()), begun) },
    async together(run) {
      if (begun()) return await run();
      const work = new Work(() => driver!);
      try {
        const result = await works.run(work, run);
        await work.commit();
        return result;
      } catch (error) {
        await work.rollBack();
        throw error;
      }
    },
  };
}

class Work {
  readonly #driver: () => Driver;
  #connection: Promise<DatabaseConnection> | undefined;
  /** That of a query whose failure may have been hidden: a transaction that goes on after it is not whole. */
  failure: Error | undefined;
  isOver = false;

  constructor(driver: () => Driver) {
    this.#driver = driver;
  }

  get hasBegun(): boolean {
    return this.#connection !== undefined;
  }

  async execute<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    if (!this.hasBegun && onlyReads(query)) return await this.#readBefore(query);
    const connection = await this.connect();
    try {
      return await connection.executeQuery<Row>(query);
    } catch (error) {
      this.failure ??= error as Error;
      throw error;
    }
  }

  connect(): Promise<DatabaseConnection> {
    return (this.#connection ??= this.#begin());
  }

  async commit(): Promise<void> {
    if (this.failure) throw this.failure;
    const connection = await this.#connection;
    if (!connection) return void (this.isOver = true);
    await this.#driver().commitTransaction(connection);
    await this.#end(connection);
  }

  /** Does nothing where the transaction is over. */
  async rollBack(): Promise<void> {
    const connection = await this.#connection?.catch(() => undefined);
    if (this.isOver || !connection) return void (this.isOver = true);
    try {
      await this.#driver().rollbackTransaction(connection);
    } finally {
      await this.#end(connection);
    }
  }

  async #end(connection: DatabaseConnection): Promise<void> {
    this.isOver = true;
    await this.#driver().releaseConnection(connection);
  }

  async #readBefore<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    const connection = await this.#driver().acquireConnection();
    try {
      return await connection.executeQuery<Row>(query);
    } finally {
      await this.#driver().releaseConnection(connection);
    }
  }

  async #begin(): Promise<DatabaseConnection> {
    const connection = await this.#driver().acquireConnection();
    try {
      await this.#driver().beginTransaction(connection, {});
      return connection;
    } catch (error) {
      await this.#driver().releaseConnection(connection);
      throw error;
    }
  }
}

/** What neither changes nor locks a row. */
const onlyReads = ({ query }: CompiledQuery): boolean =>
  SelectQueryNode.is(query) && query.with === undefined && query.endModifiers === undefined;

class JoinedConnection implements DatabaseConnection {
  readonly work: Work;
  /** Where a transaction within the work has begun. */
  savepoint: string | undefined;

  constructor(work: Work) {
    this.work = work;
  }

  executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    return this.work.execute<Row>(query);
  }

  async *streamQuery<Row>(query: CompiledQuery, chunkSize: number): AsyncIterableIterator<QueryResult<Row>> {
    yield* (await this.work.connect()).streamQuery<Row>(query, chunkSize);
  }
}

class JoiningDriver implements Driver {
  readonly #inner: Driver;
  readonly #begun: () => Work | undefined;
  #savepoints = 0;

  constructor(inner: Driver, begun: () => Work | undefined) {
    this.#inner = inner;
    this.#begun = begun;
  }

  init(): Promise<void> {
    return this.#inner.init();
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    const work = this.#begun();
    return work ? new JoinedConnection(work) : await this.#inner.acquireConnection();
  }

  async beginTransaction(connection: DatabaseConnection, settings: TransactionSettings): Promise<void> {
    if (!(connection instanceof JoinedConnection)) return await this.#inner.beginTransaction(connection, settings);
    if (!connection.work.hasBegun) return;
    const name = `part_${++this.#savepoints}`;
    await connection.executeQuery(CompiledQuery.raw(`savepoint ${name}`));
    connection.savepoint = name;
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    if (!(connection instanceof JoinedConnection)) return await this.#inner.commitTransaction(connection);
    const { savepoint } = connection;
    if (savepoint) await connection.executeQuery(CompiledQuery.raw(`release savepoint ${savepoint}`));
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    if (!(connection instanceof JoinedConnection)) return await this.#inner.rollbackTransaction(connection);
    const { savepoint, work } = connection;
    if (!savepoint) {
      // It began before the work's own: undoing it is undoing all.
      if (work.hasBegun) work.failure ??= new Error("A part of the transaction was undone, and with it all");
      return;
    }
    await connection.executeQuery(CompiledQuery.raw(`rollback to savepoint ${savepoint}`));
    work.failure = undefined;
  }

  async releaseConnection(connection: DatabaseConnection): Promise<void> {
    if (!(connection instanceof JoinedConnection)) await this.#inner.releaseConnection(connection);
  }

  destroy(): Promise<void> {
    return this.#inner.destroy();
  }
}
