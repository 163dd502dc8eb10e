import type { Page } from "./ports";

/** Pages after which a list is taken for endless. */
const MOST_PAGES = 1000;

/** Everything of a list: all its pages, one after the other. */
export async function allPages<T>(
  read: (page: string | undefined) => Promise<Page<T>>,
): Promise<readonly T[]> {
  const items: T[] = [];
  let page: string | undefined;
  for (let count = 0; count < MOST_PAGES; count++) {
    const { items: some, next } = await read(page);
    items.push(...some);
    if (next === undefined) return items;
    page = next;
  }
  throw new Error(`a list has more than ${MOST_PAGES} pages`);
}
