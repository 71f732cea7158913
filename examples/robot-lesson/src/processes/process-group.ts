import type { Child } from './child.js';

/** Children that are stopped in the opposite order of their start, so that nobody talks to one who has gone. */
export class ProcessGroup {
  readonly #children: Child[] = [];
  #stopped: Promise<void> | undefined;

  get isStopping(): boolean {
    return this.#stopped !== undefined;
  }

  /** Takes a child in. One that arrives while the group stops is stopped next. */
  add(child: Child): Child {
    this.#children.push(child);
    return child;
  }

  /** Stops all, one after the other. Safe to call twice. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stopAll();
    return this.#stopped;
  }

  async #stopAll(): Promise<void> {
    for (let child = this.#children.pop(); child !== undefined; child = this.#children.pop()) await child.stop();
  }
}
