import { InputError } from "../../input/file";
import { at, isObject, type Json, parseJson } from "../../input/json";
import type { Attributes } from "./rules";

/** A product of AWS's price list. */
export interface Product {
  readonly attributes: Attributes;

  /** What one unit costs on demand, beyond what is free, in US dollars; undefined where nothing is paid. */
  readonly usd: number | undefined;
}

/**
 * Reads an entry of the price list. Of tiers the first that costs anything counts.
 *
 * @see https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/using-price-list-query-api.html
 * @throws InputError
 */
export function productIn(text: string): Product {
  const entry = parseJson(text) as Json;
  const attributes = at(at(entry, "product"), "attributes");
  if (!isObject(attributes)) throw new InputError("a product of the price list has no attributes");
  const terms = at(at(entry, "terms"), "OnDemand");
  const dimensions = valuesOf(terms).flatMap((term) => valuesOf(at(term, "priceDimensions")));
  const tiers = dimensions
    .map((one) => ({
      from: Number(at(one, "beginRange") ?? 0),
      usd: Number(at(at(one, "pricePerUnit"), "USD")),
    }))
    .filter(({ usd }) => Number.isFinite(usd) && usd > 0)
    .sort((a, b) => a.from - b.from);
  const texts = Object.entries(attributes).filter(
    (pair): pair is [string, string] => typeof pair[1] === "string",
  );
  return { attributes: Object.fromEntries(texts), usd: tiers[0]?.usd };
}

function valuesOf(value: Json | undefined): readonly Json[] {
  return isObject(value) ? Object.values(value) : [];
}
