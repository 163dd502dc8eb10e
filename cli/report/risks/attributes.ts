import type { Json } from "../../input/json";

/** Attributes of a resource. */
export type Attributes = Readonly<Record<string, Json>>;
