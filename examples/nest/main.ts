/**
 * A batcher as a NestJS provider: one for the whole application, injected by its own token, closed when the application
 * shuts down.
 *
 *   npx tsx --tsconfig examples/nest/tsconfig.json examples/nest/main.ts
 */
import "reflect-metadata";
import { Inject, Injectable, Module, type OnApplicationShutdown } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { type Batcher, createGraphBatcher, fetchTransport, get, toPromise } from "@rxbatch/rxbatch";
import { fakeGraph } from "@rxbatch/rxbatch/testing";

const graph = fakeGraph({ mailboxes: { "anna@contoso.com": { messages: 7 } } });

/** An interface has no name at run time: this stands for it. */
const GRAPH_BATCHER: unique symbol = Symbol("GRAPH_BATCHER");

@Injectable()
class MailService implements OnApplicationShutdown {
  readonly #batcher: Batcher;

  constructor(@Inject(GRAPH_BATCHER) batcher: Batcher) {
    this.#batcher = batcher;
  }

  async subjects(): Promise<readonly string[]> {
    const operation = get<{ value: { subject: string }[] }>(
      "/me/messages?$select=subject",
    );
    const { body } = await toPromise(this.#batcher, operation);
    return body.value.map(({ subject }) => subject);
  }

  /** What is in hand is still answered. */
  async onApplicationShutdown(): Promise<void> {
    await this.#batcher.close();
  }
}

@Module({
  providers: [
    MailService,
    {
      provide: GRAPH_BATCHER,
      // Never request-scoped: operations of many requests share its batches (say with `account` whose they are).
      useFactory: () =>
        createGraphBatcher({
          token: graph.token,
          transport: fetchTransport(graph.fetch),
        }),
    },
  ],
})
class MailModule {}

const app = await NestFactory.createApplicationContext(MailModule, {
  logger: ["error"],
});
app.enableShutdownHooks();
const mail = app.get(MailService);
const lists = await Promise.all([
  mail.subjects(),
  mail.subjects(),
  mail.subjects(),
]);
await app.close();
console.log(`${lists.flat().length} subjects, ${graph.posts} batch`);
